package dev.osprey.runtime;

import dev.osprey.config.OspreyConfig;
import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import dev.osprey.model.Catalogue;
import dev.osprey.model.ModelManifest;
import dev.osprey.runtime.ModelStatus.State;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * The models that are loaded, each warmed exactly once. Any thread may lease at any time and is never kept waiting;
 * loading, swapping and unloading happen one at a time, beside the leases.
 *
 * <p>A swap loads and warms the new version beside the old one, then switches: whoever leases from then on gets the new
 * one, and the old one is closed when its last lease comes back.
 */
public final class WarmModels implements AutoCloseable {

    private static final Logger LOG = System.getLogger(WarmModels.class.getName());

    private final Path repository;
    private final Device device;
    private final int memoryBudgetMib;
    private final ReentrantLock changing = new ReentrantLock();
    private final ConcurrentMap<String, WarmModel> serving = new ConcurrentHashMap<>();
    private final Set<WarmModel> retired = ConcurrentHashMap.newKeySet();
    private final ConcurrentMap<String, String> failures = new ConcurrentHashMap<>();
    private final Set<String> loading = ConcurrentHashMap.newKeySet();
    private volatile Catalogue catalogue;
    private volatile Consumer<String> served = name -> {};
    private boolean closed;

    private WarmModels(OspreyConfig config, Catalogue catalogue) {
        this.repository = config.model().repository();
        this.memoryBudgetMib = config.runtime().memoryBudgetMib();
        this.catalogue = catalogue;
        this.device = Device.open(config.runtime());
    }

    /**
     * Reads the repository and takes the device; loads nothing yet.
     *
     * @throws OspreyException {@link ErrorCode#MODEL_INVALID}, {@link ErrorCode#CONFIGURATION_INVALID}
     */
    public static WarmModels open(OspreyConfig config) {
        return new WarmModels(config, Catalogue.read(config.model().repository()));
    }

    /** Model calls that should run at the same time, over all models. */
    public int runs() {
        return device.plan().runs();
    }

    /** Model calls that may run at the same time on one model: on a GPU one, from one thread (microsoft/onnxruntime#29351). */
    public int runsPerModel() {
        return device.provider() == ExecutionProvider.CPU ? runs() : 1;
    }

    /** What the repository held when it was last read. */
    public Catalogue catalogue() {
        return catalogue;
    }

    /**
     * Loads every model of the repository, in alphabetical order.
     *
     * @throws OspreyException as {@link #load} does; {@link ErrorCode#MEMORY_EXHAUSTED} before anything is loaded where the
     *     budget is too small for all together
     */
    public void loadAll() {
        List<ModelManifest> all =
                catalogue.names().stream().map(catalogue::manifest).toList();
        int needed = all.stream().mapToInt(ModelManifest::memoryMib).sum();
        if (needed > memoryBudgetMib) {
            throw new OspreyException(
                    ErrorCode.MEMORY_EXHAUSTED,
                    "The models take %d MiB together, the budget is %d MiB (osprey.runtime.memory-budget-mib): %s"
                            .formatted(
                                    needed,
                                    memoryBudgetMib,
                                    all.stream()
                                            .map(model -> model.name() + " " + model.memoryMib())
                                            .collect(Collectors.joining(", "))));
        }
        catalogue.names().forEach(this::load);
    }

    /**
     * Loads the version its manifest names, unless the model is served already. Takes as long as loading and warming do.
     *
     * @throws OspreyException {@link ErrorCode#MODEL_UNKNOWN}, {@link ErrorCode#MODEL_INVALID},
     *     {@link ErrorCode#MEMORY_EXHAUSTED}, {@link ErrorCode#SERVER_STOPPING}
     */
    public void load(String name) {
        changing.lock();
        try {
            if (!serving.containsKey(name)) {
                reload();
                replace(name, catalogue.manifest(name).version());
            }
        } finally {
            changing.unlock();
        }
    }

    /** As {@link #load}, with a version of choice in place of the one that is served. */
    public void swap(String name, int version) {
        changing.lock();
        try {
            WarmModel current = serving.get(name);
            reload();
            boolean served = current != null
                    && current.version() == version
                    && current.manifest().equals(catalogue.manifest(name));
            if (!served) {
                replace(name, version);
            }
        } finally {
            changing.unlock();
        }
    }

    /** Ends the service of a model; frames that wait for it fail with {@link ErrorCode#MODEL_NOT_READY}. */
    public void unload(String name) {
        changing.lock();
        try {
            catalogue.manifest(name);
            WarmModel model = serving.remove(name);
            if (model != null) {
                retire(model);
                LOG.log(Level.INFO, "Unloaded {0} {1}", name, model.version());
            }
        } finally {
            changing.unlock();
        }
    }

    private void reload() {
        catalogue = Catalogue.read(repository);
    }

    private void replace(String name, int version) {
        if (closed) {
            throw new OspreyException(ErrorCode.SERVER_STOPPING, "The server is stopping");
        }
        ModelManifest manifest = catalogue.manifest(name);
        long start = System.nanoTime();
        loading.add(name);
        try {
            checkBudget(manifest);
            Path file = catalogue.verifiedFile(name, version);
            WarmModel previous = serving.put(name, WarmModel.load(manifest, version, file, device));
            LOG.log(
                    Level.INFO,
                    "Serving {0} {1} on {2}, loaded and warmed in {3} ms",
                    name,
                    version,
                    device.provider(),
                    (System.nanoTime() - start) / 1_000_000);
            failures.remove(name);
            served.accept(name);
            if (previous != null) {
                retire(previous);
            }
        } catch (OspreyException e) {
            failures.put(name, e.detail());
            throw e;
        } finally {
            loading.remove(name);
        }
    }

    private void retire(WarmModel model) {
        retired.removeIf(WarmModel::closed);
        retired.add(model);
        model.retire();
    }

    private void checkBudget(ModelManifest wanted) {
        List<WarmModel> loaded = loaded();
        int used =
                loaded.stream().mapToInt(model -> model.manifest().memoryMib()).sum();
        if (used + wanted.memoryMib() > memoryBudgetMib) {
            throw new OspreyException(
                    ErrorCode.MEMORY_EXHAUSTED,
                    "\"%s\" takes %d MiB, but of the budget of %d MiB (osprey.runtime.memory-budget-mib) %d are taken%s"
                            .formatted(
                                    wanted.name(),
                                    wanted.memoryMib(),
                                    memoryBudgetMib,
                                    used,
                                    loaded.stream()
                                            .map(model -> "%s %d: %d MiB"
                                                    .formatted(
                                                            model.manifest().name(),
                                                            model.version(),
                                                            model.manifest().memoryMib()))
                                            .collect(Collectors.joining(", ", " (", ")"))));
        }
    }

    private List<WarmModel> loaded() {
        List<WarmModel> loaded = new ArrayList<>(serving.values());
        retired.stream().filter(model -> !model.closed()).forEach(loaded::add);
        return loaded;
    }

    /**
     * The version that is served now, for one run or a few. Never waits.
     *
     * @throws OspreyException {@link ErrorCode#MODEL_NOT_READY} where none is
     */
    public Lease lease(String name) {
        // A model is retired after its successor was put in place: a second look finds that one.
        WarmModel model = serving.get(name);
        while (model != null && !model.tryAcquire()) {
            WarmModel next = serving.get(name);
            model = next == model ? null : next;
        }
        if (model == null) {
            throw new OspreyException(ErrorCode.MODEL_NOT_READY, "The model \"" + name + "\" is not loaded");
        }
        return new Lease(model);
    }

    /** Whether {@link #lease} would succeed. */
    public boolean isReady(String name) {
        return serving.containsKey(name);
    }

    /** Why the last attempt to load a model or another version of it failed; empty where it succeeded, or there was none. */
    public Optional<String> failure(String name) {
        return Optional.ofNullable(failures.get(name));
    }

    /** Tells the listener the name of every model that is served, and from now on of each that is loaded or swapped. */
    public void whenServed(Consumer<String> listener) {
        served = listener;
        serving.keySet().forEach(listener);
    }

    /** What the loaded versions of a model count against the budget, those that still drain included. */
    public long memoryBytes(String name) {
        long mib = 0;
        for (WarmModel model : loaded()) {
            mib += model.manifest().name().equals(name) ? model.manifest().memoryMib() : 0;
        }
        return mib << 20;
    }

    /** Of all that is loaded and of what still drains. */
    public int usedMib() {
        return loaded().stream().mapToInt(model -> model.manifest().memoryMib()).sum();
    }

    public int memoryBudgetMib() {
        return memoryBudgetMib;
    }

    public ExecutionProvider provider() {
        return device.provider();
    }

    /** The manifest of the version that is served now; nothing where none is. */
    public Optional<ModelManifest> served(String name) {
        return Optional.ofNullable(serving.get(name)).map(WarmModel::manifest);
    }

    /**
     * The least nanoseconds that a run of the served version on one picture has taken so far, its warm-up included: what the
     * model costs on this machine when nothing is in its way. Nothing where the model is not served.
     */
    public OptionalLong quickestRunNanos(String name) {
        WarmModel model = serving.get(name);
        return model == null ? OptionalLong.empty() : OptionalLong.of(model.quickestRunNanos());
    }

    /** Every model of the repository and every version that is still draining. */
    public List<ModelStatus> status() {
        Catalogue known = catalogue;
        List<ModelStatus> status = new ArrayList<>();
        for (WarmModel model : loaded()) {
            String name = model.manifest().name();
            State state = serving.get(name) == model ? State.READY : State.DRAINING;
            status.add(new ModelStatus(
                    name,
                    model.version(),
                    state,
                    model.provider(),
                    model.manifest().memoryMib(),
                    model.leases(),
                    known.find(name).isPresent() ? known.versions(name) : new TreeSet<>()));
        }
        for (String name : known.names()) {
            if (!serving.containsKey(name)) {
                status.add(new ModelStatus(
                        name,
                        known.manifest(name).version(),
                        loading.contains(name) ? State.LOADING : State.UNLOADED,
                        device.provider(),
                        0,
                        0,
                        known.versions(name)));
            }
        }
        status.sort(Comparator.comparing(ModelStatus::name).thenComparing(ModelStatus::version));
        return status;
    }

    /** Retires every model; sessions close as their last runs end. Nothing is loaded after that. */
    @Override
    public void close() {
        changing.lock();
        try {
            closed = true;
            List<WarmModel> models = List.copyOf(serving.values());
            serving.clear();
            models.forEach(this::retire);
        } finally {
            changing.unlock();
        }
    }
}
