-- The same for H2 and PostgreSQL. Times are milliseconds since 1970, UTC.

create table access_key (
    id varchar(36) primary key,
    name varchar(100) not null,
    -- SHA-256 of the key, as hexadecimal digits: the key itself is nowhere
    hash varchar(64) not null unique,
    -- its first characters, to tell keys apart by
    prefix varchar(16) not null,
    role varchar(16) not null,
    -- names of capabilities, separated by commas
    scopes varchar(200) not null,
    requests_per_minute integer not null,
    requests_per_day integer not null,
    max_connections integer not null,
    created_at bigint not null,
    expires_at bigint,
    revoked_at bigint,
    last_used_at bigint
);

create table operator (
    name varchar(100) primary key,
    -- as Jakarta Security writes it: algorithm, iterations, salt and hash
    password varchar(500) not null,
    changed_at bigint not null
);

create sequence audit_sequence;

create table audit (
    id bigint primary key,
    happened_at bigint not null,
    who varchar(200) not null,
    action varchar(100) not null,
    subject varchar(500) not null,
    address varchar(100) not null,
    outcome varchar(16) not null
);

create index audit_by_age on audit (happened_at);

create index job_by_owner on job (owner, submitted_at);
