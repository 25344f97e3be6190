-- Who spawned a session, and how it was called, as it was told last: what OpenClaw deletes keeps its place.
create table families (
  session_key text not null,
  agent integer not null references agents,
  parent_key text not null,
  label text,
  primary key (session_key, agent)
) strict, without rowid;
create index families_by_parent on families (parent_key);

insert or replace into families (session_key, agent, parent_key, label)
select session_key, agent, entry ->> '$.parent', entry ->> '$.label' from sessions
where json_valid(entry) and entry ->> '$.parent' is not null;

-- What failed or was stopped is few among many.
create index calls_without_answer on calls (transcript, at) where outcome > 0;
