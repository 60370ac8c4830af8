#include "batonctl/man_page.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace baton::batonctl {
namespace {

// Text as it is, for all that roff would make of it: no sign becomes a typographic one.
std::string Roff(absl::string_view text) {
  std::string roff = absl::StrReplaceAll(text, {{"\\", "\\e"},
                                                {"-", "\\-"},
                                                {"'", "\\(aq"},
                                                {"`", "\\(ga"},
                                                {"^", "\\(ha"},
                                                {"~", "\\(ti"}});
  return absl::StrReplaceAll(roff.starts_with('.') ? absl::StrCat("\\&", roff) : roff,
                             {{"\n.", "\n\\&."}});
}

std::string Bold(absl::string_view text) {
  return absl::StrCat("\\fB", Roff(text), "\\fR");
}

// Lines that stay lines.
std::string Verbatim(absl::string_view text) {
  return text.empty() ? "" : absl::StrCat(".PP\n.nf\n", Roff(text), "\n.fi\n");
}

// As the help shows them: its formatter is asked for the words.
void AddOptionEntries(const CLI::App& command, bool positional, std::string& page) {
  const CLI::Formatter words;
  for (const CLI::Option* option : command.get_options()) {
    if (option->get_group().empty() || option->get_positional() != positional) continue;
    if (option == command.get_help_ptr() && command.get_parent() != nullptr) continue;
    absl::StrAppend(&page, ".TP\n", Bold(words.make_option_name(option, positional)),
                    Roff(words.make_option_opts(option)), "\n",
                    Roff(words.make_option_desc(option)), "\n");
  }
}

void AddCommand(const CLI::App& command, const std::string& path, std::string& page);

void AddCommandsBelow(const CLI::App& app, const std::string& path, std::string& page) {
  for (const CLI::App* next : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (next->get_group().empty()) continue;
    AddCommand(*next, absl::StrCat(path, " ", next->get_name()), page);
  }
}

void AddCommand(const CLI::App& command, const std::string& path, std::string& page) {
  const CLI::Formatter words;
  const std::string usage = words.make_usage(&command, path);
  absl::StrAppend(&page, ".SS \"", Roff(path), "\"\n", Roff(command.get_description()), "\n",
                  Verbatim(absl::StripAsciiWhitespace(usage)));
  AddOptionEntries(command, /*positional=*/true, page);
  AddOptionEntries(command, /*positional=*/false, page);
  absl::StrAppend(&page, Verbatim(command.get_footer()));
  AddCommandsBelow(command, path, page);
}

}  // namespace

std::string ManPage(const CLI::App& app, const std::string& version) {
  const std::string& name = app.get_name();
  std::string page = absl::StrCat(".TH ", absl::AsciiStrToUpper(name), " 1 \"\" \"",
                                  Roff(absl::StrCat(name, " ", version)), "\" Baton\n");
  absl::StrAppend(&page, ".SH NAME\n", name, " \\- the command line of Baton\n");
  absl::StrAppend(&page, ".SH SYNOPSIS\n", Bold(name),
                  " [\\fIOPTION\\fR]... \\fICOMMAND\\fR [\\fIARGUMENT\\fR]...\n");
  absl::StrAppend(&page, ".SH DESCRIPTION\n", Roff(app.get_description()), "\n",
                  Verbatim(app.get_footer()));
  absl::StrAppend(&page, ".SH OPTIONS\nThey may also follow the command.\n");
  AddOptionEntries(app, /*positional=*/false, page);
  absl::StrAppend(&page, ".SH COMMANDS\n");
  AddCommandsBelow(app, name, page);
  return page;
}

}  // namespace baton::batonctl
