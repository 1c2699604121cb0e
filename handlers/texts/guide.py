"""What the guide in the channel says beside the tags, and the weekly digest."""

from __future__ import annotations

from bot.channel import digest
from bot.channel.contents import Words

WORDS = Words(
    heading="🧭 راهنمای مطالب کانال",
    sections={"type": "📂 نوع پست‌ها", "subject": "🏷 موضوع‌ها", "series": "📚 مطالب سریالی"},
    posts="{} پست",
    tags="{} برچسب",
    series="{} مجموعه",
    parts="{} قسمت",
    goes_on="(ادامه دارد)",
    all_in_bot="همهٔ {} قسمت",
    more_in_bot="همه در ربات ({})",
    pages="فهرست کامل:",
    back="↩️ بازگشت به راهنما",
    page_of="{} از {}",
)

DIGEST = digest.Words(
    title="🗓 مرور هفته: {} پست",
    others="مطالب دیگر",
    more="و {} پست دیگر، در ربات",
    untitled="پست بی‌عنوان",
)
DIGEST_TAG = "#هفته"
"""Where the channel's own vocabulary has no tag for the week."""
DIGEST_TAG_NAMES = ("هفته", "Weekend", "مرور_هفته")
