package dev.osprey.referee;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.access.Caller;
import dev.osprey.config.OspreyConfig;
import dev.osprey.config.TestConfig;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SessionsTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private long nanos;
    private OspreyConfig.Referee settings = TestConfig.with().referee();

    private Sessions sessions(String... changes) {
        return new Sessions(TestConfig.with(changes)::referee, folder, () -> nanos);
    }

    private static SessionStart named(String id) {
        return new SessionStart(Optional.empty(), id, 30, 640, 480, OptionalLong.empty());
    }

    private static void send(Sessions sessions, Session session, int... numbers) {
        for (int number : numbers) {
            ByteBuffer frame = ByteBuffer.wrap(("frame " + number).getBytes(UTF_8));
            assertTrue(sessions.tryAdd(frame.remaining() + 1024L));
            session.add(number, Encoding.JPEG, frame);
        }
    }

    private void pass(Duration time) {
        nanos += time.toNanos();
    }

    private List<Path> folders() throws IOException {
        try (Stream<Path> folders = Files.list(folder)) {
            return folders.toList();
        }
    }

    private static String refusal(Sessions sessions, String id) {
        return assertThrows(Sessions.Refused.class, () -> sessions.start(named(id), false))
                .sentence();
    }

    @Test
    void refusesANameThatIsInUse() {
        Sessions sessions = sessions();
        sessions.start(named("a"), false);
        assertEquals("Session a already exists", refusal(sessions, "a"));
    }

    @Test
    void refusesOneMoreThanTheLimitUntilOneLeaves() {
        Sessions sessions = sessions("referee.max-sessions", "2");
        Session first = sessions.start(named("a"), false);
        sessions.start(named("b"), false);
        assertEquals("Maximum concurrent sessions reached (2)", refusal(sessions, "c"));
        sessions.leave(first);
        sessions.start(named("c"), false);
        assertEquals(2, sessions.stats(Caller.ANYBODY).getInt("active_sessions"));
    }

    @Test
    void tellsWhoSeesEverybodysOfBothThatAreCalledTheSame() {
        Sessions sessions = sessions();
        for (String owner : List.of("key:1", "key:2")) {
            send(sessions, sessions.start(named("a").ownedBy(Optional.of(owner)), false), 0);
        }
        JsonObject stats = sessions.stats(Caller.ANYBODY);
        assertEquals(2, stats.getInt("active_sessions"));
        assertEquals(Set.of("a", "a (key:2)"), stats.getJsonObject("sessions").keySet());
        assertEquals(2, stats.getInt("total_frames"));
    }

    @Test
    void refusesEverybodyWhereTheLimitIsNone() {
        assertEquals("Maximum concurrent sessions reached (0)", refusal(sessions("referee.max-sessions", "0"), "a"));
    }

    @Test
    void refusesWhatDoesNotFitAnyMore() {
        Sessions sessions = sessions("referee.max-spool-mib", "1");
        Session session = sessions.start(named("a"), false);
        assertTrue(sessions.tryAdd(1_048_576));
        assertFalse(sessions.tryAdd(1));
        assertEquals("Maximum memory limit reached (1.0 MB)", refusal(sessions, "b"));
        assertTrue(sessions.tryAdd(-1_048_576));
        sessions.drop(session);
        sessions.start(named("b"), false);
    }

    @Test
    void goesByTheLimitsAsTheyAre() {
        Sessions sessions = new Sessions(() -> settings, folder, () -> nanos);
        sessions.start(named("a"), false);
        sessions.start(named("b"), false);
        settings = TestConfig.with("referee.max-sessions", "1", "referee.max-spool-mib", "1")
                .referee();
        assertEquals("Maximum concurrent sessions reached (1)", refusal(sessions, "c"));
        assertEquals(2, sessions.stats(Caller.ANYBODY).getInt("active_sessions"));
        assertTrue(sessions.tryAdd(1_048_576));
        assertFalse(sessions.tryAdd(1));
        settings = TestConfig.with("referee.max-sessions", "3", "referee.max-spool-mib", "2")
                .referee();
        assertTrue(sessions.tryAdd(1));
        sessions.start(named("c"), false);
    }

    @Test
    void keepsWhatAClientSentBeforeItLeft() {
        Sessions sessions = sessions();
        Session before = sessions.start(named("a"), false);
        send(sessions, before, 0, 1, 3);
        sessions.leave(before);
        Session after = sessions.start(named("a"), true);
        assertEquals(2, after.nextFrame());
        assertEquals(3, after.frames());
        send(sessions, after, 2);
        assertEquals(4, after.nextFrame());
    }

    @Test
    void beginsAnewForWhoDoesNotAskToGoOn() throws IOException {
        Sessions sessions = sessions();
        Session before = sessions.start(named("a"), false);
        send(sessions, before, 0, 1);
        sessions.leave(before);
        Session after = sessions.start(named("a"), false);
        assertEquals(0, after.frames());
        assertEquals(List.of(after.folder()), folders());
    }

    @Test
    void keepsNothingOfWhoSentNothing() throws IOException {
        Sessions sessions = sessions();
        sessions.leave(sessions.start(named("a"), false));
        assertEquals(List.of(), folders());
        assertEquals(0, sessions.stats(Caller.ANYBODY).getJsonObject("sessions").size());
    }

    @Test
    void dropsWhatNobodyCameBackFor() throws IOException {
        Sessions sessions = sessions("referee.session-timeout", "PT10S");
        Session session = sessions.start(named("a"), false);
        send(sessions, session, 0);
        sessions.leave(session);
        pass(Duration.ofSeconds(10));
        sessions.sweep();
        assertEquals(1, folders().size());
        pass(Duration.ofSeconds(1));
        sessions.sweep();
        assertEquals(List.of(), folders());
        assertTrue(sessions.tryAdd(2_048L * 1_048_576), "its bytes are free again");
    }

    @Test
    void keepsNoMoreWithoutAClientThanWithOne() throws IOException {
        Sessions sessions = sessions("referee.max-sessions", "2");
        for (String id : List.of("a", "b", "c")) {
            Session session = sessions.start(named(id), false);
            send(sessions, session, 0);
            sessions.leave(session);
        }
        assertEquals(2, folders().size());
        assertEquals(0, sessions.start(named("a"), true).frames());
        assertEquals(1, sessions.start(named("c"), true).frames());
    }

    @Test
    void goesOnWithWhatAnEarlierProcessLeft() throws IOException {
        Sessions earlier = sessions();
        send(earlier, earlier.start(named("a"), false), 0, 1);
        Path broken = Files.createDirectory(folder.resolve("broken"));

        Sessions sessions = sessions();
        sessions.recover();
        assertEquals(2, sessions.start(named("a"), true).nextFrame());
        assertFalse(Files.exists(broken));
    }

    @Test
    void countsWhatIsThere() {
        Sessions sessions = sessions();
        assertEquals(
                "{\"active_sessions\":0,\"max_sessions\":10,\"total_memory_mb\":0.0,\"max_memory_mb\":2048.0,"
                        + "\"total_frames\":0,\"sessions\":{},\"streaming_enabled\":true}",
                sessions.stats(Caller.ANYBODY).toString());
        Session session = sessions.start(named("a"), false);
        send(sessions, session, 0, 2, 1);
        assertTrue(session.has(1));
        pass(Duration.ofMillis(1_500));
        session.touch();
        pass(Duration.ofMillis(100));
        assertEquals(
                "{\"session_id\":\"a\",\"fps\":30.0,\"width\":640,\"height\":480,\"expected_frames\":null,"
                        + "\"frames_received\":3,\"total_frames_received\":3,\"duplicate_frames\":1,"
                        + "\"out_of_order_frames\":1,\"missing_frames\":0,\"has_signal\":false,"
                        + "\"duration_seconds\":1.6,\"idle_seconds\":0.1,\"memory_mb\":0.003,\"completed\":false,"
                        + "\"aborted\":false}",
                sessions.stats(Caller.ANYBODY)
                        .getJsonObject("sessions")
                        .getJsonObject("a")
                        .toString());
    }

    @Test
    void goesOnWhereOneOfElevenHasExpired() {
        Sessions sessions = sessions("referee.session-timeout", "PT10S");
        for (int i = 0; i < 10; i++) {
            Session session = sessions.start(named("s" + i), false);
            send(sessions, session, 0);
            if (i == 0) {
                sessions.leave(session);
            }
        }
        sessions.start(named("s10"), false);
        pass(Duration.ofSeconds(11));
        sessions.sweep();
        assertEquals(10, sessions.stats(Caller.ANYBODY).getInt("active_sessions"));
    }

    @Test
    void takesTheNewerOfTwoThatAnEarlierProcessLeftUnderOneName() throws Exception {
        Sessions earlier = sessions();
        Session older = earlier.start(named("a"), false);
        send(earlier, older, 0, 1);
        Session newer = sessions().start(named("a"), false);
        send(earlier, newer, 0);
        Files.setLastModifiedTime(older.folder(), FileTime.fromMillis(1));

        Sessions sessions = sessions();
        sessions.recover();
        assertEquals(List.of(newer.folder()), folders());
        assertEquals(1, sessions.start(named("a"), true).nextFrame());
    }

    @Test
    void goesOnWithNoSessionOfAnother() {
        Sessions sessions = sessions();
        SessionStart annas = named("bout").ownedBy(Optional.of("key:anna"));
        SessionStart berts = named("bout").ownedBy(Optional.of("key:bert"));
        Session left = sessions.start(annas, false);
        send(sessions, left, 0, 1);
        sessions.leave(left);

        Session other = sessions.start(berts, true);
        assertEquals(0, other.nextFrame());
        assertEquals(0, other.frames());
        sessions.drop(other);
        assertEquals(2, sessions.start(annas, true).nextFrame());
    }

    @Test
    void keepsItsAccountWhateverBecomesOfSessions() {
        Sessions sessions = sessions("referee.max-spool-mib", "1");
        for (int turn = 0; turn < 3; turn++) {
            Session left = sessions.start(named("left"), false);
            send(sessions, left, 0, 1);
            sessions.leave(left);
            Session resumed = sessions.start(named("left"), true);
            send(sessions, resumed, 2);
            sessions.drop(resumed);
        }
        assertTrue(sessions.tryAdd(1_048_576), "all of it is free again");
        assertFalse(sessions.tryAdd(1));
    }

    @Test
    void dropsWhoHasLeftForWhoIsThere() throws IOException {
        Sessions sessions = sessions("referee.max-spool-mib", "1");
        for (String id : List.of("first", "second")) {
            Session gone = sessions.start(named(id), false);
            send(sessions, gone, 0);
            assertTrue(sessions.tryAdd(400_000));
            ByteBuffer large = ByteBuffer.allocate(400_000 - Session.FRAME_OVERHEAD_BYTES);
            gone.add(1, Encoding.JPEG, large);
            sessions.leave(gone);
        }
        Session there = sessions.start(named("there"), false);
        assertTrue(sessions.tryAdd(300_000));
        assertEquals(2, folders().size());
        assertEquals(2, sessions.start(named("second"), true).nextFrame());
        assertFalse(sessions.tryAdd(1_048_576));
        assertEquals(0, there.frames());
    }
}
