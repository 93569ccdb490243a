package dev.osprey.studio;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import dev.osprey.jobs.JobRun;

/** How far the making of a solid is, for whoever makes a part of it. */
record Course(JobRun run) {

    /** @param progress 0 to 1, of the whole job */
    void tell(double progress, String message) {
        // An attempt that is begun anew does not go back.
        run.progress("image-to-3d", Math.max(progress, run.job().progress()), message);
    }

    /** @throws OspreyException {@link ErrorCode#CANCELLED} */
    void checkCancelled() {
        if (run.cancellation().isRequested()) {
            throw new OspreyException(ErrorCode.CANCELLED, "The solid was cancelled");
        }
    }
}
