// Compiles an application, or takes what was compiled before.

#include "keep/exec/workload/load.hpp"

#include "keep/exec/cache/artefact_cache.hpp"
#include "os/write_all.hpp"
#include "package/wasm/sections.hpp"

#include <string>

#include <malloc.h>

namespace exec {

namespace {

// Below this much code, in bytes, starting threads costs more than they save: a thread takes some
// 0.1 ms, and this code 2 ms.
constexpr std::size_t worth_threads = 8 << 10;

// Compiling takes megabytes in small pieces: ask the system for them in large ones, and give
// nothing back in between.
void expect_much_memory() {
    constexpr int piece_bytes = 4 << 20;
    constexpr int never_bytes = 1 << 30;
    // NOLINTBEGIN(concurrency-mt-unsafe): there is one thread yet
    ::mallopt(M_TOP_PAD, piece_bytes);
    ::mallopt(M_TRIM_THRESHOLD, never_bytes);
    ::mallopt(M_MMAP_THRESHOLD, never_bytes);
    // NOLINTEND(concurrency-mt-unsafe)
}

os::OrFailure<engine::Module>
compile(engine::Engine const& engine, Application const& application) {
    expect_much_memory();
    auto const bytes = application.file.view();
    if (application.format == package::Format::Module)
        return engine::Module::compile(engine, bytes);
    auto const binary = TRY(engine::binary_of_text(base::text_of(bytes)));
    if (package::recognise(binary) == package::Format::Component)
        return std::unexpected(component_failure());
    return engine::Module::compile(engine, binary);
}

// The same; a failure names the file.
os::OrFailure<engine::Module>
compile(engine::Engine const& engine, Application const& application, std::string_view name) {
    auto module = compile(engine, application);
    if (!module && module.error().name == "module-invalid")
        module.error().text =
            '\'' + std::string{name} + "' is no valid module: " + module.error().text;
    return module;
}

// Why there is no cache is for those who ask for the log; the application runs without.
std::optional<ArtefactCache> open_cache(Orders const& orders, Log const& log) {
    if (!orders.cache) return {};
    auto cache = ArtefactCache::open(os::Fd{*orders.cache});
    if (cache) return std::move(*cache);
    log.write(
        "cache",
        Level::Warn,
        "the cache folder is not used: it must be this user's own, with mode 0700"
    );
    return {};
}

ArtefactCache::Key key_of(Application const& application) {
    return crypto::Sha256{}
        .add(base::view_of(engine::Engine::compatibility()))
        .add(application.file.view())
        .digest();
}

void store(
    ArtefactCache const& cache,
    ArtefactCache::Key const& key,
    engine::Module const& module,
    Log const& log
) {
    auto const artefact = module.serialize();
    if (!artefact) {
        log.write("cache", Level::Warn, artefact.error().text);
        return;
    }
    auto const stored = cache.store(key, *artefact);
    if (stored)
        log.write("cache", Level::Info, "the code is kept for the next start");
    else
        log.write(
            "cache",
            Level::Warn,
            "the code is not kept: " + std::string{os::description(stored.error())}
        );
}

} // namespace

engine::Settings
settings_for(Application const& application, std::shared_ptr<base::Budget> memory) {
    auto const bytes = application.file.view();
    auto const code = application.format == package::Format::Module
                          ? package::wasm::code_size(bytes)
                          : bytes.size() / 8;
    return {.memory = std::move(memory), .compile_in_parallel = code >= worth_threads};
}

os::OrFailure<engine::Module> load(
    engine::Engine const& engine,
    Application const& application,
    Orders const& orders,
    Log const& log
) {
    auto const cache = open_cache(orders, log);
    if (!cache) return compile(engine, application, orders.module_name);
    auto const key = key_of(application);
    if (auto const artefact = cache->find(key)) {
        auto module = engine::Module::deserialize(engine, artefact->bytes());
        if (module) {
            log.write("cache", Level::Info, "the code is taken from the cache");
            return module;
        }
        log.write(
            "cache", Level::Warn, "the code of the cache is not used: " + module.error().text
        );
    }
    auto module = TRY(compile(engine, application, orders.module_name));
    store(*cache, key, module, log);
    return module;
}

} // namespace exec
