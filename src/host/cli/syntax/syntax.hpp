#pragma once

// What a command takes: the one description from which parsing, help texts, completions and manual
// pages are made.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace host::cli {

using Flag = bool*;
using Value = std::optional<std::string>*; // the last one given counts
using Values = std::vector<std::string>*;  // each one given counts
using Target = std::variant<Flag, Value, Values>;

enum class Completion : unsigned char { Nothing, File, Folder };

struct Option {
    std::string_view name;       // "--backend"
    char letter = '\0';          // 'h' for -h
    std::string_view alias = {}; // another long name
    std::string_view value = {}; // what it takes, for help: "NAME"; empty for a flag
    std::string_view help;
    Target target;
    std::string_view environment = {}; // the variable that stands in for it
    std::vector<std::string_view> choices = {};
    Completion completion = Completion::Nothing;
};

struct Operand {
    std::string_view name; // "FILE"
    std::string_view help;
    Target target; // Values takes all that are left
    bool required = true;
    std::vector<std::string_view> choices = {}; // for completions only
    Completion completion = Completion::Nothing;
};

struct Syntax {
    std::vector<Option> options;
    std::vector<Operand> operands;
    bool ends_at_operand = false; // what follows the first operand belongs to it, options too
};

bool takes_value(Option const& option);

} // namespace host::cli
