-- how often within a minute; what is refused comes as often as somebody likes
alter table audit add column times bigint default 1 not null;
