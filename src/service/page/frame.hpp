#pragma once

// What all pages have around what each says.

#include "service/page/html.hpp"

namespace service {

// Up to the beginning of the header, which the caller goes on with.
inline void open_page(Html& out, std::string_view title) {
    out << R"(<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="same-origin">
<title>)";
    out.text(title) << R"(</title>
<link rel="icon" href="/icon.svg">
<link rel="stylesheet" href="/page.css">
<body>
<a class="skip" href="#content">To the content</a>
<header>
)";
}

inline void close_page(Html& out) { out << "</main>\n"; }

} // namespace service
