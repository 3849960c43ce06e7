#include "host/cli/manual/manual.hpp"

#include "host/cli/report.hpp"
#include "os/check.hpp"
#include "os/write_all.hpp"

#include <fcntl.h>

namespace host::cli {

namespace {

constexpr unsigned everybody_reads = 0644;

os::OrFailure<void>
write_page(std::string const& folder, std::string const& name, std::string const& text) {
    auto const path = folder + '/' + name + ".1";
    auto const file = os::check_fd(
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, everybody_reads)
    );
    auto const written = file ? os::write_all(file->number(), std::as_bytes(std::span{text}))
                              : base::Result<void>{std::unexpected(file.error())};
    if (!written)
        return failure(
            "output-failed",
            '\'' + path + "' cannot be written: " + std::string{os::description(written.error())}
        );
    return {};
}

class Manual : public Use {
public:
    Syntax syntax(Global& global) override {
        (void)global;
        return {
            .options = {},
            .operands = {
                {.name = "FOLDER",
                 .help = "Where to write them.",
                 .target = &folder_,
                 .completion = Completion::Folder}
            }
        };
    }

    os::OrFailure<int> carry_out(Global const& global) override {
        (void)global;
        TRY(write_page(*folder_, "enarx", program_page()));
        for (auto const& command : commands())
            if (!command.hidden)
                TRY(write_page(*folder_, page_name(command), command_page(command)));
        return 0;
    }

private:
    std::optional<std::string> folder_;
};

} // namespace

std::unique_ptr<Use> use_manual() { return std::make_unique<Manual>(); }

} // namespace host::cli
