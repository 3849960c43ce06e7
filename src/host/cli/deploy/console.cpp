#include "host/cli/deploy/console.hpp"

#include "base/json_string.hpp"
#include "host/cli/report.hpp"
#include "host/cli/verify/answer.hpp"
#include "os/write_all.hpp"

namespace host::cli {

namespace {

constexpr std::size_t longest_line = std::size_t{64} << 10; // that is held back
constexpr std::size_t column = 10;

} // namespace

std::string Console::label(unsigned keep) const {
    return labelled_ ? '[' + std::to_string(keep) + "] " : std::string{};
}

void Console::tell(
    unsigned keep, std::string_view word, std::string const& text, std::vector<Field> const& fields
) {
    std::scoped_lock const lock{mutex_};
    if (progress_ == Progress::Quiet) return;
    if (progress_ == Progress::Text) {
        std::string out{word};
        out.resize(std::max(out.size() + 1, column), ' ');
        return write_error(label(keep) + out + text + '\n');
    }
    auto out = "{\"event\":" + base::json_string(word) + ",\"keep\":" + std::to_string(keep);
    for (auto const& [name, value] : fields) {
        auto const* const number = std::get_if<std::int64_t>(&value);
        out += ',' + base::json_string(name) + ':' +
               (number != nullptr ? std::to_string(*number)
                                  : base::json_string(std::get<std::string>(value)));
    }
    write_error(out + "}\n");
}

void Console::warn(unsigned keep, std::string_view text) {
    std::scoped_lock const lock{mutex_};
    if (progress_ != Progress::Json) return write_error(label(keep) + std::string{text} + '\n');
    write_error(
        "{\"event\":\"warning\",\"keep\":" + std::to_string(keep) +
        ",\"text\":" + base::json_string(text) + "}\n"
    );
}

void Console::explain(unsigned keep, attest::provision::Answer const& answer) {
    Answer const shown{
        .path = label(keep) + "the Keep's evidence",
        .kind = answer.kind() ? attest::name_of(*answer.kind())
                              : "the evidence itself was not looked at",
        .verdict = answer.verdict(),
        .verdict_name = verdict_name(answer.verdict()),
        .findings = answer.findings()
    };
    std::scoped_lock const lock{mutex_};
    if (progress_ != Progress::Json) return write_error(answer_text(shown));
    write_error(
        answer_json(shown).dump(-1, ' ', true, AnswerJson::error_handler_t::replace) + '\n'
    );
}

bool Console::put(std::uint8_t stream, base::View bytes) {
    return os::write_all(stream, bytes).has_value();
}

bool Console::write(unsigned keep, std::uint8_t stream, base::View bytes) {
    if (!labelled_) return put(stream, bytes);
    std::scoped_lock const lock{mutex_};
    auto& line = lines_[{keep, stream}];
    for (auto const byte : bytes) {
        line += static_cast<char>(byte);
        if (byte != std::byte{'\n'} && line.size() < longest_line) continue;
        if (!put(stream, base::view_of(label(keep) + line))) return false;
        line.clear();
    }
    return true;
}

void Console::finish(unsigned keep) {
    std::scoped_lock const lock{mutex_};
    for (std::uint8_t const stream : {std::uint8_t{1}, std::uint8_t{2}}) {
        auto const left = lines_.extract({keep, stream});
        if (left.empty() || left.mapped().empty()) continue;
        (void)put(stream, base::view_of(label(keep) + left.mapped() + '\n'));
    }
}

} // namespace host::cli
