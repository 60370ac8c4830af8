// A small writer of HTML and SVG. What strangers wrote (names of sources, campaigns, reps, rules)
// passes through Escaped or Isolated, always.
#ifndef BATON_REPORT_PAGE_HTML_H_
#define BATON_REPORT_PAGE_HTML_H_

#include <string>
#include <utility>
#include <vector>

namespace baton::report_page {

// For the text of an element and for attributes in double quotes: & < > " ' are references; bytes
// that are no UTF-8 and control characters (but line feeds) become U+FFFD.
std::string Escaped(const std::string& text);

// Escaped, and so that text written from right to left does not move what stands beside it.
std::string Isolated(const std::string& text);

using Attributes = std::vector<std::pair<const char*, std::string>>;

// "<name a="b">": attribute values are escaped here; those that are empty are left out.
std::string OpenTag(const char* name, const Attributes& attributes = {});
// With `inner`, which is HTML already, and the end tag.
std::string Element(const char* name, const Attributes& attributes, const std::string& inner);

}  // namespace baton::report_page

#endif  // BATON_REPORT_PAGE_HTML_H_
