-- The same for H2 and PostgreSQL. Times are milliseconds since 1970, UTC.

create table job (
    id varchar(36) primary key,
    kind varchar(64) not null,
    owner varchar(200),
    reference varchar(200),
    parameters varchar(1000000) not null,
    state varchar(16) not null,
    stage varchar(100) not null,
    progress double precision not null,
    message varchar(1000) not null,
    result varchar(1000000),
    failure_code varchar(64),
    failure_detail varchar(1000),
    cancel_requested boolean not null,
    -- how often it was begun, as far as that counts
    attempt integer not null,
    -- how often it was claimed at all: what tells a run from every other run of the same job
    claims bigint not null,
    node varchar(36),
    lease_until bigint not null,
    submitted_at bigint not null,
    started_at bigint,
    finished_at bigint,
    -- of all its files, once it has finished
    bytes bigint not null,
    last_sequence bigint not null
);

create index job_by_turn on job (state, kind, submitted_at);
create index job_by_age on job (submitted_at);
create index job_by_end on job (finished_at);

create table job_artifact (
    job_id varchar(36) not null references job (id) on delete cascade,
    name varchar(100) not null,
    file varchar(500) not null,
    media_type varchar(100) not null,
    bytes bigint not null,
    primary key (job_id, name)
);

create table job_event (
    job_id varchar(36) not null references job (id) on delete cascade,
    sequence bigint not null,
    happened_at bigint not null,
    type varchar(16) not null,
    state varchar(16) not null,
    stage varchar(100) not null,
    progress double precision not null,
    message varchar(1000) not null,
    data varchar(10000),
    primary key (job_id, sequence)
);
