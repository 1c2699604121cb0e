"""What the tests of the page play on: chats, two people, a small bot, and a browser."""

from telegram import (
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InputTextMessageContent,
    Message,
    Update,
)
from telegram.ext import (
    Application,
    ApplicationBuilder,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    InlineQueryHandler,
    MessageHandler,
    filters,
)

from bot.demo.people import Person
from bot.demo.server import EmbeddedTelegram
from tests.demo.browser import Browser

Context = ContextTypes.DEFAULT_TYPE
BUTTONS = InlineKeyboardMarkup(
    [
        [InlineKeyboardButton("آفرین", callback_data="well")],
        [InlineKeyboardButton("هشدار", callback_data="alert")],
    ]
)


async def start(update: Update, context: Context) -> None:
    await update.effective_message.reply_text("سلام! یکی را بزنید.", reply_markup=BUTTONS)


async def ask_name(update: Update, context: Context) -> None:
    await update.effective_message.reply_text("نامتان؟", reply_markup=ForceReply())


async def pressed(update: Update, context: Context) -> None:
    query = update.callback_query
    if query.data == "alert":
        await query.answer("این یک هشدار است", show_alert=True)
        return
    await query.answer("گرفتم")
    await query.edit_message_text("دکمه را زدید.")


async def name_file(update: Update, context: Context) -> None:
    message = update.effective_message
    await message.reply_text(f"رسید: {message.document.file_name} ({message.caption})")


async def echo_reply(update: Update, context: Context) -> None:
    message = update.effective_message
    await message.reply_text(f"{message.reply_to_message.text} → {message.text}")


async def offer(update: Update, context: Context) -> None:
    words = update.inline_query.query
    said = InputTextMessageContent(f"برگزیدهٔ {words}")
    await update.inline_query.answer([InlineQueryResultArticle("1", f"پیشنهاد {words}", said)])


def trial_bot(tg: EmbeddedTelegram) -> Application:
    """An unmodified python-telegram-bot application which answers a little."""
    app = (
        ApplicationBuilder()
        .token(tg.token)
        .base_url(f"{tg.url}/bot")
        .base_file_url(f"{tg.url}/file/bot")
        .build()
    )
    app.add_handler(CommandHandler("start", start))
    app.add_handler(CommandHandler("name", ask_name))
    app.add_handler(CallbackQueryHandler(pressed))
    app.add_handler(InlineQueryHandler(offer))
    app.add_handler(MessageHandler(filters.Document.ALL, name_file))
    app.add_handler(MessageHandler(filters.REPLY & filters.TEXT, echo_reply))
    return app


class Stage:
    """The embedded Telegram with one channel and two people, a bot, and the page in a browser."""

    def __init__(self, tg: EmbeddedTelegram, app: Application, browser: Browser) -> None:
        self.tg = tg
        self.bot = app.bot
        self.browser = browser
        self.reader = tg.add_user("سارا")
        self.admin = tg.add_user("مینا", username="mina")
        self.channel = tg.add_channel(
            "کانال آزمایش", username="trial_channel", admins=[self.admin], members=[self.reader]
        )
        self.group = tg.add_group("اتاق مدیران", members=[self.admin])

    async def open(self, person: Person, chat_id: int, address: str | None = None) -> Browser:
        """The page with this chat open, as this person."""
        await self.browser.go(f"{address or self.tg.url}/#{person.id}/{chat_id}")
        await self.browser.wait("document.querySelector('.conversation:not([hidden])')")
        await self.browser.wait("!document.querySelector('[role=log][aria-busy]')")
        return self.browser

    async def post(self, text: str, **details: object) -> Message:
        """A post of the bot in the channel."""
        return await self.bot.send_message(self.channel.id, text, **details)
