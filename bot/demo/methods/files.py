"""The method that prepares a download."""

from bot.demo import limits
from bot.demo.errors import bad_request
from bot.demo.methods.params import Params
from bot.demo.methods.registry import method
from bot.demo.records import Json
from bot.demo.world import World


@method
async def get_file(world: World, params: Params) -> Json:
    """https://core.telegram.org/bots/api#getfile: up to 20 MB."""
    file_id = params.text("file_id")
    if not file_id:
        raise bad_request("file_id not specified")
    stored = world.files.by_id(file_id)
    if stored is None:
        raise bad_request("wrong file_id or the file is temporarily unavailable")
    if len(stored.content) > limits.DOWNLOAD_BYTES:
        raise bad_request("file is too big")
    return stored.to_json()
