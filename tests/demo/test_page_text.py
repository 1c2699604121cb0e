"""How the page shows what people wrote: formatted, readable, and never as markup."""

import json
import re
from pathlib import Path

import pytest
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from tests.demo.stage import BUTTONS, Stage

PAGE = Path(__file__).resolve().parents[2] / "bot" / "demo" / "page"

HOSTILE = (
    "<img src=x onerror=\"document.title='taken'\"><script>document.title='taken'</script>\n"
    "\u2067برعکس abc\n&lt;b&gt; </div> javascript:alert(1)"
)


async def test_hostile_text_is_shown_as_text(stage: Stage) -> None:
    await stage.post(HOSTILE)
    buttons = [[InlineKeyboardButton("<b>\u202eبد", callback_data="x")]]
    await stage.post("x", reply_markup=InlineKeyboardMarkup(buttons))
    page = await stage.open(stage.reader, stage.channel.id)

    shown = await page.wait("document.querySelector('.message .text').firstChild.textContent")

    assert shown == HOSTILE
    assert "<b>" in await page.see("<b>", ".key bdi")
    assert await page.evaluate("document.querySelector('.message :is(script, b)')") is None
    assert "taken" not in await page.evaluate("document.title")


async def test_a_name_that_turns_the_line_around_ends_with_the_name(stage: Stage) -> None:
    title = "\u202e<img src=x>gpj"
    stage.tg.add_channel(title, members=[stage.reader])
    page = await stage.open(stage.reader, stage.reader.id)
    await page.click("بازگشت به گفت‌وگوها", "button:not(.chat-row)")
    await page.see("gpj", ".chat-row")

    name = (
        "[...document.querySelectorAll('.row-title bdi')].find(b => b.textContent.includes('gpj'))"
    )

    assert await page.evaluate(f"{name}.textContent") == title
    assert await page.evaluate(f"getComputedStyle({name}).unicodeBidi") == "isolate"


ADDRESSES = {
    "https://example.com/a?b=c": "https://example.com/a?b=c",
    "http://example.com": "http://example.com/",
    "tg://resolve?domain=x": "tg://resolve?domain=x",
    "example.com/page": "https://example.com/page",
    "javascript:alert(1)": None,
    "javascript://x/%0aalert(1)": None,
    "data:text/html,<b>": None,
    "data://text/html,<b>": None,
    "file:///etc/passwd": None,
    "": None,
}


async def test_only_safe_addresses_become_links(stage: Stage) -> None:
    page = await stage.open(stage.reader, stage.channel.id)
    written = json.dumps(list(ADDRESSES))

    links = await page.evaluate(f"""import('/page/richtext.js').then(({{ richText }}) =>
        {written}.map((url) => richText('a', [{{ type: 'text_link', offset: 0, length: 1, url }}]))
          .map((shown) => shown.querySelector('a'))
          .map((link) => link && [link.href, link.target, link.rel]))""")

    assert links == [
        address and [address, "_blank", "noopener noreferrer"] for address in ADDRESSES.values()
    ]


async def test_entities_nest_and_count_as_utf_16(stage: Stage) -> None:
    await stage.post("🚀 <a href='https://example.com'>یک <b>دو</b></a> سه", parse_mode="HTML")
    page = await stage.open(stage.reader, stage.channel.id)

    assert await page.evaluate("document.querySelector('.text a').textContent") == "یک دو"
    assert await page.evaluate("document.querySelector('.text a strong').textContent") == "دو"


async def test_a_spoiler_opens_with_a_click(stage: Stage) -> None:
    await stage.post("پایان: <tg-spoiler>همه زنده‌اند</tg-spoiler>", parse_mode="HTML")
    page = await stage.open(stage.reader, stage.channel.id)
    look = "getComputedStyle(document.querySelector('.spoiler > span')).opacity"
    assert await page.evaluate(look) == "0"

    await page.click("متن پنهان", ".spoiler")

    await page.wait(f"{look} === '1'")


async def test_a_phone_shows_everything_without_scrolling_sideways(stage: Stage) -> None:
    await stage.browser.look_like(390, 844, dark=True)
    for name in "رضا", "علی", "نامی بسیار بسیار بلند برای یک آدم":
        stage.tg.add_user(name)
    await stage.post("a" * 300 + "\n" + "متن بلند " * 100, reply_markup=BUTTONS)
    page = await stage.open(stage.reader, stage.channel.id)
    await page.see("متن بلند", ".bubble")

    wide = await page.evaluate(
        "[...document.querySelectorAll('html, body, .stage, .phone, .scroller, .bubble')]"
        ".filter(one => one.scrollWidth > one.clientWidth + 1 || one.clientWidth > 390)"
        ".map(one => one.className || one.localName)"
    )

    assert wide == []


async def test_a_button_works_from_the_keyboard_and_the_focus_stays_near(stage: Stage) -> None:
    page = await stage.open(stage.reader, stage.reader.id)
    await page.click("شروع")
    await page.see("آفرین", ".key")

    await page.evaluate("document.querySelector('.key').focus()")
    await page.enter()

    await page.see("دکمه را زدید.", ".bubble")
    await page.wait(
        "document.activeElement.closest('.message')?.innerText.includes('دکمه را زدید.')"
    )


# The contrast of an element's text with all that lies under it: WCAG 2.2, section 1.4.3.
CONTRAST = """(selector) => {
  const read = (colour) => {
    const parts = colour.match(/[\\d.]+/g).map(Number);
    const scale = colour.startsWith('color(') ? 255 : 1;
    return [...parts.slice(0, 3).map((one) => one * scale), parts[3] ?? 1];
  };
  const over = ([r, g, b, a], below) => [r, g, b].map((one, at) => one * a + below[at] * (1 - a));
  const ground = (element) => {
    if (!element) return [255, 255, 255];
    const own = read(getComputedStyle(element).backgroundColor);
    return own[3] === 1 ? own.slice(0, 3) : over(own, ground(element.parentElement));
  };
  const light = (rgb) => rgb.map((one) => one / 255)
    .map((one) => one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4)
    .reduce((sum, one, index) => sum + one * [0.2126, 0.7152, 0.0722][index], 0);
  const shown = document.querySelector(selector);
  const below = ground(shown);
  const ink = over(read(getComputedStyle(shown).color), below);
  const [dim, bright] = [light(ink), light(below)].sort((x, y) => x - y);
  return (bright + 0.05) / (dim + 0.05);
}"""


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
async def test_everything_can_be_read_in_both_colour_schemes(stage: Stage, dark: bool) -> None:
    await stage.browser.look_like(1280, 900, dark)
    post = await stage.bot.send_message(stage.group.id, "پست t.me/a", reply_markup=BUTTONS)
    await stage.admin.send(stage.group, "پاسخ", reply_to=stage.group.messages[post.message_id])
    page = await stage.open(stage.admin, stage.group.id)

    places = ".text", ".text a", ".meta", ".mine .meta", ".key", ".pill", ".quoted-name", ".sender"
    pale = [
        (place, contrast)
        for place in (*places, ".chat-subtitle", ".person-does", ".banner", ":checked ~ * *")
        if (contrast := await page.evaluate(f"({CONTRAST})({json.dumps(place)})")) < 4.5
    ]

    assert pale == []


def test_the_page_never_turns_text_into_markup() -> None:
    forbidden = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function"
    scripts = sorted(PAGE.glob("*.js"))

    assert scripts
    assert [file.name for file in scripts if re.search(forbidden, file.read_text("utf-8"))] == []


def test_the_page_needs_nothing_from_outside_and_nothing_inline() -> None:
    html = (PAGE / "index.html").read_text("utf-8")

    assert re.findall(r'(?:src|href)="(?!/page/)[^"]*"', html) == []
    assert re.findall(r"<style|<script(?! type=\"module\" src=)|\sstyle=|\son\w+=", html) == []
    assert "url(" not in (PAGE / "style.css").read_text("utf-8")
