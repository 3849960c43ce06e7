// Compiles an application, or takes what was compiled before.

#include "keep/exec/workload/load.hpp"

namespace exec {

namespace {

// Below this, starting threads costs more than they save.
constexpr std::size_t worth_threads = 128 << 10;

os::OrFailure<engine::Module>
compile(engine::Engine const& engine, Application const& application) {
    auto const bytes = application.file.view();
    if (application.format == package::Format::Module)
        return engine::Module::compile(engine, bytes);
    // Safety: any byte may be read as a char.
    auto const binary =
        TRY(engine::binary_of_text({reinterpret_cast<char const*>(bytes.data()), bytes.size()}));
    return engine::Module::compile(engine, binary);
}

} // namespace

engine::Settings
settings_for(Application const& application, std::optional<std::uint64_t> max_memory) {
    return {
        .max_memory = max_memory,
        .compile_in_parallel = application.file.view().size() >= worth_threads
    };
}

os::OrFailure<engine::Module> load(
    engine::Engine const& engine,
    Application const& application,
    Orders const& orders,
    Log const& log
) {
    (void)orders;
    log.write("engine", Level::Debug, "compiling the application");
    return compile(engine, application);
}

} // namespace exec
