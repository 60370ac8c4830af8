// batonctl man
#include "batonctl/commands.h"
#include "batonctl/man_page.h"

namespace baton::batonctl {

void AddManCommand(CLI::App& app, Session& session) {
  CLI::App& man = *app.add_subcommand("man", "Prints the manual page, made from what --help says");
  man.callback([&session, &app] {
    session.needs_settings = false;
    session.action = [&session, &app] {
      session.world().out << ManPage(app, BATON_VERSION) << std::flush;
      return absl::OkStatus();
    };
  });
}

}  // namespace baton::batonctl
