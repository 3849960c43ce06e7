#include "host/cli/inspect/inspect.hpp"

#include "host/cli/inspect/recogniser.hpp"
#include "host/cli/inspect/render.hpp"
#include "host/cli/report.hpp"

#include <algorithm>

namespace host::cli {

namespace {

class Inspect : public Use {
public:
    Syntax syntax(Global& global) override;
    os::OrFailure<int> carry_out(Global const& global) override;

private:
    os::OrFailure<std::vector<Subject>> open_all() const;

    std::vector<std::string> paths_;
    bool json_ = false;
};

Syntax Inspect::syntax(Global& global) {
    Syntax syntax{
        .options = {{.name = "--json", .letter = 'j', .help = "As JSON.", .target = &json_}},
        .operands = {
            {.name = "FILE",
             .help = "Files or folders; - for standard input.",
             .target = &paths_,
             .completion = Completion::File}
        },
    };
    for (auto& option : log_options(global)) syntax.options.push_back(std::move(option));
    return syntax;
}

os::OrFailure<std::vector<Subject>> Inspect::open_all() const {
    std::vector<Subject> out;
    for (auto const& path : paths_) out.push_back(TRY(open_subject(path)));
    return out;
}

bool failed(Json const& check) {
    return check.is_object() && check.contains("outcome") && check.at("outcome") == "failed";
}

// Whether what was checked inside the file is wrong.
bool wrong(Json const& description) {
    auto const checks = description.find("checks");
    return checks != description.end() && checks->is_array() &&
           std::ranges::any_of(*checks, failed);
}

os::OrFailure<int> Inspect::carry_out(Global const& global) {
    auto subjects = TRY(open_all());
    auto all = Json::array();
    for (auto& subject : subjects) {
        if (subjects.size() > 1) subject.beside = subjects;
        auto described = TRY(describe(subject, global));
        if (!described) return EXIT_FAILURE;
        all.push_back(*std::move(described));
    }
    std::string text;
    for (auto const& one : all) text += (text.empty() ? "" : "\n") + render(one);
    auto const& json = all.size() == 1 ? all[0] : all;
    TRY(
        write_output(json_ ? json.dump(2, ' ', true, Json::error_handler_t::replace) + '\n' : text)
    );
    return std::ranges::any_of(all, wrong) ? EXIT_FAILURE : EXIT_SUCCESS;
}

} // namespace

std::unique_ptr<Use> use_inspect() { return std::make_unique<Inspect>(); }

} // namespace host::cli
