// Words of callers that dispatch takes apart: tokens, and names of resources. Lines: a token or
// name, a context, a payload to seal.
#include <string>
#include <utility>

#include "dispatch/pages.h"
#include "dispatch/resource_names.h"
#include "dispatch/token_sealer.h"
#include "fuzz/fuzz.h"

namespace baton::fuzz {
namespace {

void CheckTokens(const std::string& word, const std::string& context, const std::string& payload) {
  const dispatch::TokenSealer sealer(std::vector<std::string>{"sixteen bytes or more"});
  if (const auto opened = sealer.Open(context, word); opened.ok()) {
    Require(sealer.Seal(context, *opened) == word, "only what was sealed is opened");
  }
  std::string token = sealer.Seal(context, payload);
  const auto opened = sealer.Open(context, token);
  Require(opened.ok() && *opened == payload, "a sealed payload comes back");
  Require(!sealer.Open(context + "x", token).ok(), "a token is of its context");
  char& touched = token[word.size() % token.size()];
  touched = touched == 'A' ? 'B' : 'A';
  const auto forged = sealer.Open(context, token);
  Require(!forged.ok() || sealer.Seal(context, *forged) == token, "a touched token is refused");
  dispatch::OpenPageToken(sealer, context, word).IgnoreError();
}

// A name that is accepted is written as it was read.
void CheckNames(const std::string& word) {
  using namespace dispatch;  // NOLINT: nine functions of it
  if (const auto name = ParseWorkspace("name", word); name.ok()) {
    Require(FormatWorkspace(*name) == word, "workspace");
  }
  if (const auto name = ParseLead("name", word); name.ok()) {
    Require(FormatLead(*name) == word, "lead");
  }
  if (const auto name = ParseRep("name", word); name.ok()) {
    Require(FormatRep(name->workspace, name->rep) == word, "rep");
  }
  if (const auto name = ParseQueue("name", word); name.ok()) {
    Require(FormatQueue(name->workspace, name->queue) == word, "queue");
  }
  if (const auto name = ParseAssignment("name", word); name.ok()) {
    Require(FormatAssignment(name->key, name->generation) == word, "assignment");
  }
  if (const auto scope = ParseScope("parent", word); scope.ok()) {
    Require(FormatScope(*scope) == word, "scope");
  }
  ParsePolicyName("name", word).IgnoreError();
}

}  // namespace
}  // namespace baton::fuzz

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view text = baton::fuzz::Text(data, size);
  const std::string word = baton::fuzz::TakeLine(text);
  const std::string context = baton::fuzz::TakeLine(text);
  baton::fuzz::CheckNames(word);
  text = text.substr(0, baton::dispatch::TokenSealer::kPayloadBytesMax);
  baton::fuzz::CheckTokens(word, context, std::string(text));
  return 0;
}
