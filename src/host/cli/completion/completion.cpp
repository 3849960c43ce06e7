#include "host/cli/completion/completion.hpp"

#include "host/cli/report.hpp"

namespace host::cli {

namespace {

class CompletionUse : public Use {
public:
    Syntax syntax(Global& global) override;
    os::OrFailure<int> carry_out(Global const& global) override;

private:
    std::optional<std::string> shell_;
};

Syntax CompletionUse::syntax(Global& global) {
    (void)global;
    return {
        .options = {},
        .operands = {
            {.name = "SHELL",
             .help = "bash, zsh or fish.",
             .target = &shell_,
             .choices = {"bash", "zsh", "fish"}}
        }
    };
}

os::OrFailure<int> CompletionUse::carry_out(Global const& global) {
    (void)global;
    if (*shell_ == "bash")
        TRY(write_output(bash_completion()));
    else if (*shell_ == "zsh")
        TRY(write_output(zsh_completion()));
    else if (*shell_ == "fish")
        TRY(write_output(fish_completion()));
    else
        return failure(
            "usage",
            "there is no completion for '" + *shell_ + '\'',
            "the shells are bash, zsh and fish"
        );
    return 0;
}

} // namespace

std::unique_ptr<Use> use_completion() { return std::make_unique<CompletionUse>(); }

} // namespace host::cli
