package dev.osprey.access;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;

/**
 * Refuses a body that is too large, by its announced length before it is read, and while it is read where it was not announced; and
 * one that comes while as many are being received as may, because each holds a thread of the container's until all of it is there.
 * Each capability binds one of its own to its resources.
 */
public abstract class BodyLimit implements ContainerRequestFilter, ContainerResponseFilter {

    private static final int BYTES_PER_MIB = 1_048_576;

    /** The request's property that holds its place among the uploads. */
    private static final String PLACE = "dev.osprey.upload";

    private final IntSupplier limitMib;
    private final int mostUploads;
    private final AtomicInteger uploads = new AtomicInteger();

    /** @param limitMib asked for each upload */
    protected BodyLimit(IntSupplier limitMib, int mostUploads) {
        this.limitMib = limitMib;
        this.mostUploads = mostUploads;
    }

    @Override
    public void filter(ContainerRequestContext request) {
        if (contentLength(request) > limitBytes()) {
            throw tooLarge();
        }
        if (uploads.incrementAndGet() > mostUploads) {
            uploads.decrementAndGet();
            throw new OspreyException(
                    ErrorCode.CAPACITY_EXHAUSTED,
                    "%d uploads are being received, the limit is %d".formatted(mostUploads, mostUploads));
        }
        request.setProperty(PLACE, new Place());
        request.setEntityStream(new Limited(request.getEntityStream()));
    }

    @Override
    public void filter(ContainerRequestContext request, ContainerResponseContext response) {
        release(request);
    }

    /** The upload has been received; to be told at least once. */
    public static void release(ContainerRequestContext request) {
        if (request.getProperty(PLACE) instanceof Place place) {
            place.close();
        }
    }

    /** What the client reads of a body of more bytes; {@link ErrorCode#UPLOAD_TOO_LARGE}. */
    protected String tooLarge(int limitMib) {
        return "The upload is larger than the limit of %d MiB".formatted(limitMib);
    }

    /** One upload's among those that are being received. */
    private final class Place implements AutoCloseable {

        private final AtomicBoolean left = new AtomicBoolean();

        @Override
        public void close() {
            if (left.compareAndSet(false, true)) {
                uploads.decrementAndGet();
            }
        }
    }

    /** By the header: the context's own number ends at 2 GiB. */
    private static long contentLength(ContainerRequestContext request) {
        String header = request.getHeaderString("Content-Length");
        try {
            return header == null ? -1 : Long.parseLong(header);
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    private long limitBytes() {
        return (long) limitMib.getAsInt() * BYTES_PER_MIB;
    }

    private OspreyException tooLarge() {
        return new OspreyException(ErrorCode.UPLOAD_TOO_LARGE, tooLarge(limitMib.getAsInt()));
    }

    private final class Limited extends FilterInputStream {

        private long left = limitBytes();

        Limited(InputStream stream) {
            super(stream);
        }

        @Override
        public int read() throws IOException {
            return counted(super.read(), 1);
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int read = super.read(target, offset, length);
            return counted(read, read);
        }

        private int counted(int result, int bytes) {
            if (result >= 0) {
                left -= bytes;
                if (left < 0) {
                    throw tooLarge();
                }
            }
            return result;
        }
    }
}
