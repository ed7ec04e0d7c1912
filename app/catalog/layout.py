"""What a catalog file looks like: one plain, read-only, already indexed SQLite file a version; format 3.

    meta        what this catalog is        reading   character → its readings
    department  each once, by number        syllable, pair   what is read here, alone and side by side
    line   one narrow row an item           body     the whole item: its JSON, zstd with `packing`
    material   names by item                bundle   一件事, one JSON a row, in the publisher's order
    gram   the search index (FTS5 without contents; its words: app.catalog.grams); behind the
           items' rows, from DEPARTMENTS on, one a department
    unusual of a line or department: readings that only its phrases call for, "text.place.sound …",
    where text 0 is the name, 1 … the everyday names

The rowid is the rank: items that a person can ask for at the counter first, then other items for
persons, then the rest; among them shorter names first.  There are gaps between the numbers
(app.catalog.ranks); "last_0" … in `meta` say with which number each group ends.
"""

from app.domain.catalog import Audience, Channel

FORMAT = 3
APPLICATION_ID = 0x474A5A43  # "GJZC" in the file's header
GROUPS = 3
DEPARTMENTS = 1 << 31
AUDIENCES = tuple(Audience)
CHANNELS = tuple(Channel)

SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE packing (dictionary BLOB NOT NULL);
CREATE TABLE reading (character TEXT PRIMARY KEY, readings TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE syllable (sound TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE pair (sounds TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE department (id INTEGER PRIMARY KEY, name TEXT NOT NULL, unusual TEXT NOT NULL);
CREATE TABLE line (
    id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, name TEXT NOT NULL, department INTEGER NOT NULL,
    everyday TEXT NOT NULL, audience INTEGER NOT NULL, channels INTEGER NOT NULL, promise_days INTEGER,
    material_count INTEGER NOT NULL, theme TEXT NOT NULL, unusual TEXT NOT NULL, body_crc INTEGER NOT NULL);
CREATE TABLE body (id INTEGER PRIMARY KEY, json BLOB NOT NULL);
CREATE TABLE bundle (id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, json TEXT NOT NULL);
CREATE TABLE material (id INTEGER PRIMARY KEY, names TEXT NOT NULL);
CREATE VIRTUAL TABLE gram USING fts5(
    words, content='', detail='none', columnsize=0, tokenize='ascii');
INSERT INTO gram(gram, rank) VALUES ('automerge', 0);
INSERT INTO gram(gram, rank) VALUES ('hashsize', 67108864);
"""
