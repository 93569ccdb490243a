-- What clients call a job is looked up for every solid of a picture.
create index job_by_reference on job (reference, kind, submitted_at);
