#include "host/cli/config/init.hpp"

#include "host/cli/report.hpp"
#include "os/check.hpp"
#include "os/write_all.hpp"
#include "package/configuration.hpp"

#include <fcntl.h>

namespace host::cli {

namespace {

constexpr unsigned everybody_reads = 0644;

class ConfigInit : public Use {
public:
    Syntax syntax(Global& global) override {
        (void)global;
        return {};
    }
    os::OrFailure<int> carry_out(Global const& global) override;
};

os::OrFailure<int> ConfigInit::carry_out(Global const& global) {
    (void)global;
    auto const file = os::check_fd(
        ::open("Enarx.toml", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, everybody_reads)
    );
    if (!file && file.error() == base::Errno::Exist)
        return failure("file-exists", "'Enarx.toml' is there already");
    auto const text = package::configuration_template();
    auto const written = file ? os::write_all(file->number(), std::as_bytes(std::span{text}))
                              : base::Result<void>{std::unexpected(file.error())};
    if (!written)
        return failure(
            "output-failed",
            "'Enarx.toml' cannot be written: " + std::string{os::description(written.error())}
        );
    TRY(write_output(
        "Enarx.toml is written. Its examples are comments: take away the '#' of what you need.\n"
    ));
    return 0;
}

} // namespace

std::unique_ptr<Use> use_config_init() { return std::make_unique<ConfigInit>(); }

} // namespace host::cli
