"""Open the database and bring it up to date: numbered migrations, never edited once shipped."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from bot.errors import ConfigError, NewerDatabase

migrations = Migrations("peyk")

_FIRST = """
create table sources (
  name text primary key, url text not null default '', moved_to text not null default '',
  etag text not null default '', last_modified text not null default '',
  body_hash text not null default '', failures integer not null default 0,
  next_at text, last_ok text, last_error text not null default '',
  retired integer not null default 0, note text not null default '',
  first_poll_done integer not null default 0, extra text not null default '{}');

create table items (
  id integer primary key, identity text not null unique, source text not null,
  kind text not null, title text not null, text text not null, url text not null,
  links text not null default '[]', authors text not null default '[]',
  tags text not null default '[]', published text, revision text not null default '',
  state text not null default 'new', reasons text not null default '[]',
  score real not null default 0, first_seen text not null, updated text not null,
  attempts integer not null default 0, retry_at text, error text not null default '');
create index items_open on items(state, score) where state = 'new';
create index items_source on items(source, state);

create table drafts (
  id integer primary key, item_id integer not null references items(id),
  state text not null, version integer not null default 1, kind text not null,
  title text not null, body text not null, entities text not null default '[]',
  tags text not null default '[]', links text not null default '[]',
  origin text not null default '', prompt_version text not null default '',
  remarks text not null default '[]', picture text not null default '', due text,
  direction text not null default '', created text not null, updated text not null);
create unique index drafts_item on drafts(item_id);
create index drafts_state on drafts(state, due);

create table audit (
  id integer primary key, draft_id integer not null references drafts(id), at text not null,
  actor_id integer not null, actor text not null, action text not null,
  old_state text not null, new_state text not null, version integer not null,
  detail text not null default '', update_id integer);
create index audit_draft on audit(draft_id);
create index audit_update on audit(update_id) where update_id is not null;

create table cards (
  chat_id integer not null, message_id integer not null,
  draft_id integer not null references drafts(id), version integer not null,
  purpose text not null, user_id integer not null default 0,
  primary key (chat_id, message_id)) without rowid;
create index cards_draft on cards(draft_id);

create table outbox (
  id integer primary key, draft_id integer not null references drafts(id),
  version integer not null, chat text not null, payload text not null, state text not null,
  due text not null, after_message_id integer, message_id integer,
  attempts integer not null default 0, error text not null default '',
  created text not null, look_at text, sending_at text, settled_at text);
create index outbox_open on outbox(state, due) where state in ('approved','sending','uncertain');
create unique index outbox_one_open on outbox(draft_id)
  where state in ('approved','sending','uncertain','sent');

create table posts (
  id integer primary key, chat_id integer not null, message_id integer not null,
  draft_id integer references drafts(id), text text not null,
  entities text not null default '[]', published text not null, url text not null default '',
  unique (chat_id, message_id));
create table post_tags (
  tag text not null, post_id integer not null references posts(id) on delete cascade,
  primary key (tag, post_id)) without rowid;
create index post_tags_post on post_tags(post_id);

create table model_calls (
  id integer primary key, at text not null, purpose text not null, model text not null,
  item_id integer, prompt_version text not null default '',
  prompt_tokens integer not null default 0, completion_tokens integer not null default 0,
  cost real, seconds real not null default 0, error text not null default '');
create index model_calls_at on model_calls(at);

create table updates (
  update_id integer primary key, payload text, state text not null default 'pending',
  attempts integer not null default 0, error text not null default '', received text not null);
create index updates_pending on updates(update_id) where state = 'pending';

create table facts (key text primary key, value text not null) without rowid;
create table notices (key text primary key, at text not null) without rowid;
"""


_EDITOR = """
alter table items add column story integer references items(id);
alter table items add column answers integer references items(id);
create index items_story on items(story) where story is not null;
create index items_answers on items(answers) where answers is not null;
alter table items add column gathered text;
update items set gathered = updated where state != 'new';
create index items_ungathered on items(coalesce(published, first_seen), id)
  where gathered is null;
create table relations (
  id integer primary key, item_id integer not null references items(id),
  other_id integer not null references items(id), kind text not null, score real not null,
  reasons text not null default '[]', at text not null,
  undone_by integer, undone_at text, unique (item_id, other_id));
create index relations_other on relations(other_id);

alter table drafts add column part integer not null default 1;
alter table drafts add column answers integer references drafts(id);
drop index drafts_item;
create unique index drafts_item on drafts(item_id, part);

alter table sources add column muted integer not null default 0;
alter table sources add column boost integer not null default 0;
create table added_sources (
  id integer primary key autoincrement, name text unique, entry text not null,
  added text not null, added_by integer not null);
create index items_seen on items(first_seen, source);

alter table posts add column starred text;
create index posts_draft on posts(draft_id) where draft_id is not null;
create index posts_starred on posts(starred) where starred is not null;
"""


_MEMORY = """
alter table posts add column ordinal integer not null default 0;
alter table posts add column kind text not null default 'text';
alter table posts add column title text not null default '';
alter table posts add column origin text not null default 'channel';
alter table posts add column album text not null default '';
alter table posts add column reply_to integer;
alter table posts add column forwarded text not null default '';
alter table posts add column poll text not null default '';
alter table posts add column pinned integer not null default 0;
alter table posts add column edited text;
alter table posts add column deleted text;
alter table posts add column dirty integer not null default 1;
update posts set ordinal = cast(strftime('%s', published) as integer) * 256
  + (select count(*) from posts other
     where other.published = posts.published and other.id < posts.id);
create unique index posts_ordinal on posts(ordinal);
create index posts_dirty on posts(ordinal) where dirty = 1;
create index posts_deleted on posts(ordinal) where deleted is not null;
create index posts_album on posts(chat_id, album) where album != '';
create table album_messages (
  chat_id integer not null, message_id integer not null,
  post_id integer not null references posts(id) on delete cascade,
  text text not null default '', entities text not null default '[]',
  primary key (chat_id, message_id)) without rowid;
create index album_messages_post on album_messages(post_id);

create table tags (
  id integer primary key, name text not null, folded text not null unique,
  kind text not null default '', label text not null default '',
  state text not null default 'seen', hidden integer not null default 0,
  posts integer not null default 0, created text not null);
insert into tags (id, name, folded, state, hidden, created) values (0, '', '', 'none', 1, '');
create table tag_aliases (
  folded text primary key, written text not null,
  tag_id integer not null references tags(id) on delete cascade) without rowid;
create index tag_aliases_tag on tag_aliases(tag_id);
drop table post_tags;
create table post_tags (
  tag_id integer not null references tags(id),
  ordinal integer not null references posts(ordinal) on delete cascade,
  primary key (tag_id, ordinal)) without rowid;
create index post_tags_post on post_tags(ordinal);

create table tag_wishes (
  tag_id integer not null references tags(id) on delete cascade,
  draft_id integer not null references drafts(id),
  primary key (tag_id, draft_id)) without rowid;

create table series (
  id integer primary key, title text not null, folded text not null unique,
  tag_id integer references tags(id), state text not null default 'open', created text not null);
create index series_tag on series(tag_id);
create table series_parts (
  series_id integer not null references series(id) on delete cascade,
  number integer not null, ordinal integer not null unique references posts(ordinal)
    on delete cascade,
  title text not null default '', primary key (series_id, number)) without rowid;
create table part_links (
  ordinal integer primary key references posts(ordinal) on delete cascade, links text not null);
create table series_drafts (
  draft_id integer primary key references drafts(id),
  series_id integer not null references series(id) on delete cascade, number integer not null);
create table series_candidates (
  ordinal integer primary key references posts(ordinal) on delete cascade,
  name text not null, number integer not null, title text not null default '',
  follows integer not null default 0, ignored integer not null default 0);

create table asked (
  chat_id integer not null, message_id integer not null, user_id integer not null,
  about text not null, subject integer not null default 0, detail text not null default '',
  at text not null, primary key (chat_id, message_id)) without rowid;

create table guide_messages (
  part text primary key, chat_id integer not null, message_id integer not null,
  digest text not null, updated text not null) without rowid;

create virtual table post_index using fts5(
  title, body, tokenize = 'unicode61 remove_diacritics 0');
create virtual table post_words using fts5vocab(post_index, 'row');
"""

_QUIZZES = """
create table questions (
  id integer primary key, kind text not null default 'quiz', state text not null,
  version integer not null default 1, text text not null, options text not null default '[]',
  correct text not null default '[]', explanation text not null default '',
  answer text not null default '', tags text not null default '[]',
  post_id integer references posts(id), cited text not null default '',
  difficulty integer not null default 2, author text not null default '',
  remarks text not null default '[]', direction text not null default '',
  folded text not null, flagged text, created text not null, updated text not null);
create index questions_state on questions(state, kind);
create index questions_folded on questions(folded);
create index questions_post on questions(post_id) where post_id is not null;
create table question_tags (
  folded text not null, question_id integer not null references questions(id) on delete cascade,
  primary key (folded, question_id)) without rowid;
create index question_tags_question on question_tags(question_id);
create table question_trail (
  id integer primary key, question_id integer not null references questions(id) on delete cascade,
  at text not null, actor_id integer not null, actor text not null, action text not null,
  old_state text not null, new_state text not null, version integer not null,
  update_id integer);
create index question_trail_question on question_trail(question_id);
create index question_trail_update on question_trail(update_id) where update_id is not null;
create table question_cards (
  chat_id integer not null, message_id integer not null,
  question_id integer not null references questions(id) on delete cascade,
  version integer not null, purpose text not null default 'card',
  primary key (chat_id, message_id)) without rowid;
create index question_cards_question on question_cards(question_id);
create table question_posts (
  id integer primary key, question_id integer not null references questions(id),
  draft_id integer references drafts(id), slot text unique, number integer not null default 0,
  chat_id integer, message_id integer, poll_id text, options text not null default '[]',
  correct text not null default '[]', counts text not null default '[]',
  posted text, follow_at text, followed text, unique (chat_id, message_id));
create unique index question_posts_poll on question_posts(poll_id) where poll_id is not null;
create index question_posts_question on question_posts(question_id);
create index question_posts_draft on question_posts(draft_id) where draft_id is not null;
create index question_posts_unsent on question_posts(draft_id) where message_id is null;
create index question_posts_number on question_posts(number);
create index question_posts_follow on question_posts(follow_at)
  where follow_at is not null and followed is null;

create table answers (
  user_id integer not null, question_id integer not null references questions(id),
  correct integer not null, place text not null, at text not null,
  primary key (user_id, question_id)) without rowid;
create index answers_question on answers(question_id, correct);
create table reviews (
  user_id integer not null, question_id integer not null references questions(id),
  card text not null, due text not null, primary key (user_id, question_id)) without rowid;
create index reviews_due on reviews(user_id, due);
create table rounds (
  id integer primary key, chat_id integer not null, user_id integer not null,
  place text not null, state text not null, plan text not null,
  position integer not null default 0, sends integer not null default 0,
  started text not null, updated text not null);
create unique index rounds_open on rounds(chat_id) where state = 'open';
create index rounds_groups on rounds(chat_id) where state = 'open' and place = 'group';
create index rounds_user on rounds(user_id);
create table round_polls (
  poll_id text primary key, round_id integer not null references rounds(id) on delete cascade,
  place text not null, position integer not null, question_id integer not null,
  chat_id integer not null, message_id integer not null, correct text not null,
  closes text) without rowid;
create index round_polls_round on round_polls(round_id, position);
create table round_answers (
  round_id integer not null references rounds(id) on delete cascade,
  question_id integer not null, user_id integer not null, place text not null,
  name text not null, correct integer not null, at text not null,
  counted integer not null default 0,
  primary key (round_id, question_id, user_id)) without rowid;
create index round_answers_new on round_answers(round_id) where counted = 0;
create table players (
  user_id integer primary key, name text not null default '', folded text not null default '',
  reminder integer, reminded text not null default '', subjects text not null default '[]',
  streak integer not null default 0, best_streak integer not null default 0,
  last_day text not null default '');
create unique index players_name on players(folded) where folded != '';
create index players_reminder on players(reminder, reminded) where reminder is not null;
create table scores (
  board text not null, user_id integer not null, points integer not null,
  answered integer not null, public integer not null, reached text not null,
  name text not null default '', primary key (board, user_id)) without rowid;
create index scores_rank on scores(board, points desc, reached, user_id) where public = 1;
create index scores_user on scores(user_id);
create table score_levels (
  board text not null, width integer not null, level integer not null,
  players integer not null, primary key (board, width, level)) without rowid;
"""

_COUNTED = (
    "create trigger post_tags_added after insert on post_tags begin"
    " update tags set posts = posts + 1,"
    " state = iif(state in ('proposed', 'refused'), 'seen', state) where id = new.tag_id; end",
    "create trigger post_tags_removed after delete on post_tags begin"
    " update tags set posts = posts - 1 where id = old.tag_id; end",
)
"""A tag's count of posts is kept, not counted: 300 tags cost 10 ms to count at 100,000 posts.
What somebody writes in the channel is no mere proposal any more."""


_CHAT_READING = """
create table ocr_jobs (
  id integer primary key, user_id integer not null, chat_id integer not null,
  asked_in integer not null, message_id integer not null, name text not null default '',
  album text not null default '', form text not null, wanted text not null default '[]',
  stage text not null default 'new', pages integer not null default 0,
  full integer not null default 0, status_id integer not null default 0,
  reason text not null default '', sending integer not null default 0,
  told integer not null default 0, pressed integer not null default 0,
  created text not null, updated text not null,
  unique (user_id, asked_in, message_id));
create index ocr_jobs_open on ocr_jobs(stage) where stage not in ('done','cancelled','failed');
create index ocr_jobs_status on ocr_jobs(chat_id, status_id);
create table ocr_files (
  job_id integer not null references ocr_jobs(id) on delete cascade, position integer not null,
  file_id text not null, primary key (job_id, position)) without rowid;
create table ocr_pages (
  job_id integer not null references ocr_jobs(id) on delete cascade, page integer not null,
  text text not null, origin text not null, doubts text not null default '[]',
  primary key (job_id, page)) without rowid;
create table ocr_days (
  user_id integer not null, day text not null, pages integer not null default 0,
  primary key (user_id, day)) without rowid;
"""


_DOCUMENTS = """
create table ocr_cache (key text primary key, page text not null, at text not null) without rowid;
create index ocr_cache_at on ocr_cache(at);
"""


@migrations(transactional=True)
def m001_first(db: Database) -> None:
    """Everything the main line needs."""
    _run(db, _FIRST)


@migrations(transactional=True)
def m002_editor(db: Database) -> None:
    """Stories, threads of parts, sources weighed from chat, starred posts."""
    _run(db, _EDITOR)


_GUESTS = """
alter table posts add column guest integer not null default 0;
create index posts_guest on posts(ordinal) where guest = 1 and deleted is null;
drop trigger post_tags_added;
drop trigger post_tags_removed;
"""

_COUNTED_AT_HOME = (
    "create trigger post_tags_added after insert on post_tags"
    " when (select guest from posts where ordinal = new.ordinal) = 0 begin"
    " update tags set posts = posts + 1,"
    " state = iif(state in ('proposed', 'refused'), 'seen', state) where id = new.tag_id; end",
    "create trigger post_tags_removed after delete on post_tags"
    " when (select guest from posts where ordinal = old.ordinal) = 0 begin"
    " update tags set posts = posts - 1 where id = old.tag_id; end",
    "create trigger posts_moved after update of guest on posts"
    " when old.guest != new.guest begin"
    " update tags set posts = posts + old.guest - new.guest"
    " where id in (select tag_id from post_tags where ordinal = new.ordinal); end",
)
"""Tags count the posts of the bot's own channel; guests are those of others (db.home)."""


@migrations(transactional=True)
def m003_memory(db: Database) -> None:
    """The archive's index, hashtags, series and guide; filled by db.index at the next start."""
    _run(db, _MEMORY)
    for trigger in _COUNTED:
        db.execute(trigger)


@migrations(transactional=True)
def m004_guests(db: Database) -> None:
    """Posts of other channels are told from those of the bot's own."""
    _run(db, _GUESTS)
    for trigger in _COUNTED_AT_HOME:
        db.execute(trigger)


@migrations(transactional=True)
def m005_documents(db: Database) -> None:
    """Files that people send to be read."""
    _run(db, _CHAT_READING)
    _run(db, _DOCUMENTS)


@migrations(transactional=True)
def m006_quizzes(db: Database) -> None:
    """The bank of questions, what became of them in the channel, and what players answered."""
    _run(db, _QUIZZES)


_PLACES = """
drop table score_levels;
create table score_places (
  board text not null, points integer not null, above integer not null,
  primary key (board, points)) without rowid;
with recursive
  tops(board, points, players) as
    (select board, points, count(*) from scores where public = 1 group by board, points),
  steps(board, points) as
    (select board, max(points) - 1 from tops group by board having max(points) > 0
     union all select board, points - 1 from steps where points > 0)
insert into score_places select s.board, s.points, sum(t.players)
  from steps s join tops t on t.board = s.board and t.points > s.points group by 1, 2
"""


@migrations(transactional=True)
def m007_places(db: Database) -> None:
    """A place on a board is read, not summed: how many have more than so many points."""
    _run(db, _PLACES)


_ASKS = """
create table asks (
  id integer primary key, user_id integer not null, chat_id integer not null,
  message_id integer not null, question text not null,
  parent integer references asks(id) on delete set null,
  stage text not null default 'waiting', status_id integer not null default 0,
  attempts integer not null default 0, kind text not null default '',
  answer text not null default '', sources text not null default '[]',
  reason text not null default '', doubt text not null default '',
  seconds real not null default 0, created text not null, unique (chat_id, message_id));
create index asks_undone on asks(id) where stage in ('waiting', 'ready');
create index asks_user on asks(user_id);
create index asks_created on asks(created);
create index asks_parent on asks(parent) where parent is not null;
create table ask_messages (
  chat_id integer not null, message_id integer not null,
  ask_id integer not null references asks(id) on delete cascade,
  primary key (chat_id, message_id)) without rowid;
create index ask_messages_ask on ask_messages(ask_id);
create table ask_days (
  user_id integer not null, day text not null, asks integer not null default 0,
  primary key (user_id, day)) without rowid;
"""


@migrations(transactional=True)
def m008_asks(db: Database) -> None:
    """Questions asked of the archive, their answers for a day, and everybody's day's share."""
    _run(db, _ASKS)


def _run(db: Database, script: str) -> None:
    for statement in script.split(";"):
        if statement.strip():
            db.execute(statement)


class _Patient(Database):
    """A database whose transactions wait for their turn before they read anything.

    SQLite refuses at once a transaction that has read, and then writes after somebody else wrote:
    an import from the shell beside a running bot.
    """

    @contextmanager
    def atomic(self) -> Generator[Database, None, None]:
        """As sqlite_utils' own, but with the lock for writing from the start."""
        if self.conn.in_transaction:
            with super().atomic():
                yield self
            return
        self.conn.execute("begin immediate")
        try:
            yield self
        except BaseException:
            self.rollback()
            raise
        self.conn.execute("commit")


def open_db(path: str | Path) -> Database:
    """The database at `path`, created or migrated as needed.

    Raises ConfigError when the file cannot be opened, NewerDatabase when a later peyk wrote it.
    The connection autocommits; group statements with ``db.atomic()``.
    """
    try:
        if str(path) != ":memory:":
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path, isolation_level=None, timeout=10)
        db = _Patient(connection)
        # WAL survives kill -9 without an fsync per commit; the outbox asks for more (db.outbox).
        for pragma in ("journal_mode=wal", "synchronous=normal", "foreign_keys=on"):
            db.execute(f"pragma {pragma}").fetchall()
        refuse_newer(db)
        migrations.apply(db)
    except (sqlite3.Error, OSError) as error:
        raise ConfigError(f"cannot open the database {path} (PEYK_DB): {error}") from error
    return db


def refuse_newer(db: Database) -> None:
    """Raise NewerDatabase when the file carries migrations this version does not know."""
    if not db[migrations.migrations_table].exists():
        return
    ours = {migration.name for migration in migrations.pending(Database(memory=True))}
    theirs = {row.name for row in migrations.applied(db)}
    if theirs - ours:
        raise NewerDatabase(
            f"this database was written by a newer peyk (it knows {max(theirs - ours)});"
            " install that version, or restore a backup made before the upgrade"
        )
