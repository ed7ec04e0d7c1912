"""What a catalog file looks like: one plain, read-only, already indexed SQLite file a version; format 3.

    meta        what this catalog is        reading   character → its readings
    department  each once, by number        syllable, pair   what is read here, alone and side by side
    line   one narrow row an item           body     the whole item: its JSON, zstd with `packing`
    run    neighbouring lines of one name   bundle   一件事, one JSON a row, in the publisher's order
    paper  each material's name once        common   words of codes that say little, and of how many items
    gram   the search index (FTS5 without contents; its words: app.catalog.grams), a row an item; behind
           them, from DEPARTMENTS and from PAPERS on, one a department and one a paper
    named  the same for names, a row a run
    unusual of a line, run, department, paper: readings that only its phrases call for, "text.place.sound …",
    where text 0 is the name, 1 … the everyday names

The rowid is the rank: items that a person can ask for at the counter first, then other items for
persons, then the rest; among them shorter names first.  There are gaps between the numbers
(app.catalog.ranks); "last_0" … in `meta` say with which number each group ends.
"""

from app.domain.catalog import Audience, Channel

FORMAT = 3
APPLICATION_ID = 0x474A5A43  # "GJZC" in the file's header
GROUPS = 3
DEPARTMENTS, PAPERS = 1 << 31, 1 << 32
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
    material_count INTEGER NOT NULL, theme TEXT NOT NULL, unusual TEXT NOT NULL, papers TEXT NOT NULL,
    body_crc INTEGER NOT NULL);
CREATE TABLE body (id INTEGER PRIMARY KEY, json BLOB NOT NULL);
CREATE TABLE bundle (id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, json TEXT NOT NULL);
CREATE TABLE run (id INTEGER PRIMARY KEY, last INTEGER NOT NULL, name TEXT NOT NULL, unusual TEXT NOT NULL);
CREATE TABLE paper (id INTEGER PRIMARY KEY, name TEXT NOT NULL, unusual TEXT NOT NULL);
CREATE TABLE common (word TEXT PRIMARY KEY, items INTEGER NOT NULL) WITHOUT ROWID;
CREATE VIRTUAL TABLE gram USING fts5(
    words, content='', detail='none', columnsize=0, tokenize='ascii');
CREATE VIRTUAL TABLE named USING fts5(
    words, content='', detail='none', columnsize=0, tokenize='ascii');
INSERT INTO gram(gram, rank) VALUES ('automerge', 0);
INSERT INTO gram(gram, rank) VALUES ('hashsize', 67108864);
INSERT INTO named(named, rank) VALUES ('automerge', 0);
INSERT INTO named(named, rank) VALUES ('hashsize', 67108864);
"""
