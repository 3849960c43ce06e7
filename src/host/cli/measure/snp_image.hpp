#pragma once

// The part of `enarx measure snp` that measures this installation's image.

#include "host/cli/measure/cases.hpp"
#include "host/cli/measure/values.hpp"
#include "host/cli/syntax/syntax.hpp"

namespace host::cli {

struct ImageOptions {
    Given shim;
    Given cpus;
    Given list;
    bool secure_tsc = false;
};

std::vector<Option> image_options(ImageOptions& options);

// Whether any of them is given, which excludes a list of pages of the user's.
bool any_given(ImageOptions const& options);

// The digest of a Keep with so many vCPUs. With --write-pages, the list of its pages as well.
os::OrFailure<MeasuredCase> measure_image(ImageOptions const& options);

} // namespace host::cli
