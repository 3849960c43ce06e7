#include "host/cli/explain/explain.hpp"

#include "base/nearest.hpp"
#include "host/cli/report.hpp"
#include "host/cli/syntax/layout.hpp"
#include "protocol/failure/failure.hpp"

namespace host::cli {

namespace {

std::vector<std::string_view> names() {
    std::vector<std::string_view> out;
    for (auto const& kind : protocol::failure_kinds) out.push_back(kind.name);
    return out;
}

std::string list() {
    constexpr std::size_t column = 30;
    std::string out;
    for (auto const& kind : protocol::failure_kinds)
        out += two_columns(kind.name, kind.summary, column);
    return out;
}

std::string page(protocol::FailureKind const& kind) {
    return std::string{kind.name} + '\n' + wrap(kind.summary, 2) + "\nWhat to do:\n" +
           wrap(kind.advice, 2) +
           "\nExit status of `enarx run`: " + std::to_string(static_cast<int>(kind.status)) + '\n';
}

class Explain : public Use {
public:
    Syntax syntax(Global& global) override;
    os::OrFailure<int> carry_out(Global const& global) override;

private:
    std::optional<std::string> name_;
};

Syntax Explain::syntax(Global& global) {
    (void)global;
    return {
        .options = {},
        .operands = {
            {.name = "NAME",
             .help = "The error's name, such as module-not-found.",
             .target = &name_,
             .required = false,
             .choices = names()}
        }
    };
}

os::OrFailure<int> Explain::carry_out(Global const& global) {
    (void)global;
    if (!name_) {
        TRY(write_output(list()));
        return 0;
    }
    auto const* kind = protocol::find_failure(*name_);
    if (kind == nullptr) {
        auto const meant = base::nearest(*name_, names());
        return failure(
            "usage",
            "there is no error of the name '" + *name_ + '\'',
            meant.empty() ? "`enarx explain` lists all" : "did you mean " + std::string{meant} + '?'
        );
    }
    TRY(write_output(page(*kind)));
    return 0;
}

} // namespace

std::unique_ptr<Use> use_explain() { return std::make_unique<Explain>(); }

} // namespace host::cli
