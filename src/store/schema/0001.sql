-- Times are milliseconds since the Unix epoch; money is billionths of a US dollar.

create table agents (
  id integer primary key,
  installation text not null,
  agent text not null,
  unique (installation, agent)
) strict;

create table models (
  id integer primary key,
  provider text not null,
  model text not null,
  unique (provider, model)
) strict;

-- One transcript of OpenClaw, wherever its bytes lie now.
create table transcripts (
  id integer primary key,
  agent integer not null references agents,
  session_id text not null,
  session_key text,               -- null: nothing tells whose it is
  began_at integer,
  released integer not null default 0, -- 1: its session is listed no more
  archived integer,               -- 1: only seen reset, deleted or archived; null: never read
  copies integer not null default 0,
  first_at integer,               -- its first call
  tail_at integer,
  tail_kind text,
  tail_error text,
  prompt_at integer,              -- the last call that used tokens, and the size of its prompt
  prompt integer,
  model_at integer,               -- the last call that names a model
  model integer references models,
  unique (agent, session_id)
) strict;
create index transcripts_by_session on transcripts (agent, session_key);

-- One model call. Calls of a time stand together, so that a range is read in one go.
create table calls (
  at integer not null,
  identity integer not null,
  transcript integer not null references transcripts,
  model integer references models, -- null: the record names none
  message_id text,
  stop_reason text not null,
  error text,
  outcome integer not null,        -- 0 answered, 1 failed, 2 aborted
  input integer not null,
  output integer not null,
  cache_read integer not null,
  cache_write integer not null,
  recorded integer,                -- null: OpenClaw recorded no cost above zero
  primary key (at, identity)
) strict, without rowid;
create unique index calls_by_identity on calls (identity);

-- Identities of calls whose rows were given up by --keep-raw, so that none is counted again.
create table forgotten_calls (
  identity integer primary key
) strict;

-- What calls in one sum have in common.
create table usage_keys (
  id integer primary key,
  agent integer not null references agents,
  session_type text not null,      -- empty: unknown
  model integer not null,          -- 0: unknown
  tier integer not null,           -- the prompt has more tokens than this limit, and no more than the next
  recorded integer not null,       -- 1: OpenClaw recorded a cost
  unique (agent, session_type, model, tier, recorded)
) strict;

-- Sums of each quarter of an hour (time divided by 900,000).
create table usage_slots (
  slot integer not null,
  key integer not null references usage_keys,
  calls integer not null,
  errors integer not null,
  aborted integer not null,
  used integer not null,           -- calls that used tokens
  input integer not null,
  output integer not null,
  cache_read integer not null,
  cache_write integer not null,
  recorded integer not null,
  primary key (slot, key)
) strict, without rowid;

-- Sums of each transcript and UTC day (time divided by 86,400,000).
create table transcript_days (
  transcript integer not null references transcripts,
  day integer not null,
  key integer not null references usage_keys,
  calls integer not null,
  errors integer not null,
  aborted integer not null,
  used integer not null,
  input integer not null,
  output integer not null,
  cache_read integer not null,
  cache_write integer not null,
  recorded integer not null,
  primary key (transcript, day, key)
) strict, without rowid;

-- The rows of OpenClaw's session index as they were last seen: the page is served from them at once.
create table sessions (
  agent integer not null references agents,
  session_key text not null,
  source text not null,
  entry text not null,
  primary key (agent, session_key, source)
) strict, without rowid;

-- How far each place was read.
create table positions (
  installation text not null,
  place text not null,
  position blob not null,
  primary key (installation, place)
) strict, without rowid;

-- The prices in each installation's openclaw.json.
create table prices (
  installation text primary key,
  prices text not null
) strict, without rowid;

-- Damage that was found, and what became of it.
create table incidents (
  at integer primary key,
  what text not null,
  file text,
  calls_before integer             -- null: the damaged file could not tell
) strict;

create table settings (
  name text primary key,
  value text not null
) strict, without rowid;
