package dev.osprey.studio;

import dev.osprey.jobs.JobKind;
import dev.osprey.jobs.JobRun;
import jakarta.json.JsonObject;
import java.nio.file.Path;
import java.util.List;

/** A picture that was uploaded, kept as long as the files of jobs are. What there was to be done is done before it is submitted. */
final class UploadJob implements JobKind {

    static final String KIND = "upload";

    /** In the job's folder. */
    static final String PICTURE = "picture.png";

    @Override
    public String name() {
        return KIND;
    }

    @Override
    public int concurrency() {
        return 4;
    }

    @Override
    public List<String> inputs(Path folder) {
        return List.of(PICTURE);
    }

    @Override
    public String run(JobRun run) {
        JsonObject parameters = Fields.object(run.job().parameters()).orElseThrow();
        run.artifact(PICTURE, "image/png", run.folder().resolve(PICTURE));
        return parameters.getJsonObject("image_info").toString();
    }
}
