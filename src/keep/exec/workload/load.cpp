// Compiles an application, or takes what was compiled before.

#include "keep/exec/workload/load.hpp"

#include "keep/exec/cache/code_key.hpp"
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

// All of it is looked at before any of it is compiled: the engine looks at a function when its turn
// comes, and what is wrong in the last one would be told after minutes.
os::OrFailure<engine::Module> checked(engine::Engine const& engine, base::View binary) {
    TRY(engine::validate(engine, binary));
    return engine::Module::compile(engine, binary);
}

os::OrFailure<engine::Module>
compile(engine::Engine const& engine, Application const& application) {
    expect_much_memory();
    auto const bytes = application.file.view();
    if (application.format == package::Format::Module) return checked(engine, bytes);
    auto const binary = TRY(engine::binary_of_text(base::text_of(bytes)));
    if (package::recognise(binary) == package::Format::Component)
        return std::unexpected(component_failure());
    return checked(engine, binary);
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

CodeIdentity identity_of(Application const& application) {
    return {
        .module = crypto::sha256(application.file.view()),
        .engine = crypto::sha256(base::view_of(engine::Engine::compatibility()))
    };
}

// Of this chip's processor, for this application. Nothing: what would have to be sealed is neither
// taken nor given.
Seal seal_for(CodeIdentity const& identity, Orders const& orders, Log const& log) {
    auto const configuration = base::view_of(orders.configuration.value_or(std::string_view{}));
    auto const origin =
        crypto::Sha256{}.add(identity.module).add(crypto::sha256(configuration)).digest();
    auto const key = code_key(origin);
    auto seal = key ? crypto::Aes256Gcm::with(key->view()) : std::unexpected(key.error());
    if (seal) return std::move(*seal);
    log.write(
        "cache",
        Level::Warn,
        "there is no key to seal code with: " + std::string{os::description(seal.error())}
    );
    return {};
}

// Nothing, where the host gave none, or none that fits.
std::optional<engine::Module>
given_module(engine::Engine const& engine, CodeShelf const& shelf, Log const& log) {
    if (!shelf.file) return {};
    auto const artefact = read_artefact(shelf.file, *shelf.identity, shelf.seal);
    if (!artefact) {
        log.write(
            "cache", Level::Warn, "the code of the cache is of another module, engine or Keep"
        );
        return {};
    }
    auto module = engine::Module::deserialize(engine, artefact->code());
    if (!module) {
        log.write(
            "cache", Level::Warn, "the code of the cache is not used: " + module.error().text
        );
        return {};
    }
    log.write("cache", Level::Info, "the code is taken from the cache");
    return std::move(*module);
}

void give_back(CodeShelf const& shelf, engine::Module const& module, Log const& log) {
    auto const code = module.serialize();
    if (!code) {
        log.write("cache", Level::Warn, code.error().text);
        return;
    }
    auto const kept = hand_over(shelf.sink, *shelf.identity, *code, shelf.seal);
    if (kept)
        log.write("cache", Level::Info, "the code is kept for the next start");
    else
        log.write(
            "cache",
            Level::Warn,
            "the code is not kept: " + std::string{os::description(kept.error())}
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

CodeShelf::CodeShelf(Application const& application, Orders const& orders, Log const& log)
    : file{orders.artefact.value_or(-1)}, sink{orders.artefact_sink.value_or(-1)} {
    if (!file && !sink) return;
    identity = identity_of(application);
    if (orders.code != Code::Sealed) return;
    seal = seal_for(*identity, orders, log);
    if (seal) return;
    file = {};
    sink = {};
}

os::OrFailure<engine::Module> load(
    engine::Engine const& engine,
    Application const& application,
    std::string_view name,
    CodeShelf shelf,
    Log const& log
) {
    if (auto module = given_module(engine, shelf, log)) return *std::move(module);
    auto module = TRY(compile(engine, application, name));
    if (shelf.sink) give_back(shelf, module, log);
    return module;
}

} // namespace exec
