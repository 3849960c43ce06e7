#include "host/cli/inspect/inspect.hpp"

#include "host/cli/inspect/recogniser.hpp"
#include "host/cli/inspect/render.hpp"
#include "host/cli/report.hpp"

namespace host::cli {

namespace {

class Inspect : public Use {
public:
    Syntax syntax(Global& global) override;
    os::OrFailure<int> carry_out(Global const& global) override;

private:
    std::optional<std::string> path_;
    bool json_ = false;
};

Syntax Inspect::syntax(Global& global) {
    Syntax syntax{
        .options = {{.name = "--json", .letter = 'j', .help = "As JSON.", .target = &json_}},
        .operands = {
            {.name = "FILE",
             .help = "A file or folder; - for standard input.",
             .target = &path_,
             .completion = Completion::File}
        },
    };
    for (auto& option : log_options(global)) syntax.options.push_back(std::move(option));
    return syntax;
}

os::OrFailure<int> Inspect::carry_out(Global const& global) {
    auto const subject = TRY(open_subject(*path_));
    auto const described = TRY(describe(subject, global));
    if (!described) return EXIT_FAILURE;
    auto const json = json_ ? described->dump(2, ' ', false, Json::error_handler_t::replace) + '\n'
                            : render(*described);
    TRY(write_output(json));
    return described->value("valid", true) ? EXIT_SUCCESS : EXIT_FAILURE;
}

} // namespace

std::unique_ptr<Use> use_inspect() { return std::make_unique<Inspect>(); }

} // namespace host::cli
