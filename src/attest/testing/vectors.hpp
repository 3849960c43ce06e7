#pragma once

// For tests: the attestation vectors, by their manifest. Without the whole set the committed part
// is used, aloud.

#include "attest/endorsements.hpp"
#include "base/hex.hpp"
#include "base/test_folders.hpp"

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>
#include <stdexcept>

#include <nlohmann/json.hpp>

namespace attest::testing {

using Json = nlohmann::json;

struct Vector {
    std::string path;
    std::string kind;
    std::optional<bool> positive;
    Json all; // the manifest's entry

    Json const& expected() const { return all.at("expected"); }
    // One of the expectations; not every vector has each.
    std::optional<Json> expectation(std::string const& key) const {
        auto const found = expected().find(key);
        return found == expected().end() ? std::nullopt : std::optional(*found);
    }
};

class Vectors {
public:
    // ENARX_VECTORS, or ../shared/vectors beside the sources, or the committed part.
    static Vectors const& instance() {
        static Vectors const vectors{find_folder()};
        return vectors;
    }

    std::vector<std::byte> read(std::string const& path) const {
        std::ifstream file{folder_ / path, std::ios::binary};
        if (!file) throw std::runtime_error("no vector " + path);
        std::string const text{std::istreambuf_iterator<char>(file), {}};
        auto const view = base::view_of(text);
        return {view.begin(), view.end()};
    }
    bool has(std::string const& path) const { return std::filesystem::exists(folder_ / path); }
    Json json(std::string const& path) const {
        auto const bytes = read(path);
        return Json::parse(base::text_of(bytes));
    }

    std::vector<Vector> of_kind(std::string_view kind) const {
        std::vector<Vector> out;
        for (auto const& vector : all_)
            if (vector.kind == kind) out.push_back(vector);
        return out;
    }
    std::vector<Vector> const& all() const { return all_; }

private:
    explicit Vectors(std::filesystem::path folder) : folder_{std::move(folder)} {
        for (auto const& entry : json("MANIFEST.json").at("vectors")) {
            auto const& positive = entry.at("positive");
            all_.push_back(
                {entry.at("path"),
                 entry.at("kind"),
                 positive.is_null() ? std::nullopt : std::optional(positive.get<bool>()),
                 entry}
            );
        }
    }

    static std::filesystem::path find_folder() {
        std::filesystem::path const source{enarx::test::source_folder};
        if (auto const* named = std::getenv("ENARX_VECTORS")) return named;
        auto shared = source / "../shared/vectors";
        if (std::filesystem::exists(shared / "MANIFEST.json")) return shared;
        std::cout
            << "SKIP whole vector set: ENARX_VECTORS is not set; the committed part is used\n";
        return source / "test/vectors";
    }

    std::filesystem::path folder_;
    std::vector<Vector> all_;
};

// Adds files of the set; an unusable one is an error of the test.
inline void add(Endorsements& endorsements, std::string const& path) {
    auto const bytes = Vectors::instance().read(path);
    if (auto const added = endorsements.add(bytes, path); !added)
        throw std::runtime_error(
            path + ": expected " + added.error().expected + ", found " + added.error().found
        );
}

// 2026-11-21T00:00:00Z or +00:00, as the manifest writes times.
inline std::chrono::sys_seconds time_of(std::string const& text) {
    std::istringstream in{text};
    int year = 0;
    unsigned month = 0;
    unsigned day = 0;
    int hour = 0;
    int minute = 0;
    int second = 0;
    char c = 0;
    in >> year >> c >> month >> c >> day >> c >> hour >> c >> minute >> c >> second;
    if (!in) throw std::runtime_error("no time: " + text);
    using namespace std::chrono;
    return sys_days(std::chrono::year(year) / std::chrono::month(month) / std::chrono::day(day)) +
           hours(hour) + minutes(minute) + seconds(second);
}

inline std::vector<std::byte> unhex(std::string_view digits) { return base::unhex(digits).value(); }

} // namespace attest::testing
