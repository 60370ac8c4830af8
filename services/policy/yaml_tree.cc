#include "policy/yaml_tree.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <map>
#include <set>
#include <sstream>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "expression/utf8.h"

namespace baton::policy {
namespace {

// Builds the tree from the parser's events. Caps are errors that end the parse (thrown as the
// parser's own exception and caught in ParseYaml).
class TreeBuilder : public YAML::EventHandler {
 public:
  TreeBuilder(std::string_view text, ErrorList& errors) : text_(text), errors_(errors) {}

  YamlNode TakeRoot() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    Add(At(mark, YamlNode::Kind::kNull), anchor, mark);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) throw YAML::ParserException(mark, "an alias within itself");
    Count(found->second.nodes, mark);
    if (static_cast<int>(open_.size()) + found->second.depth > kDocumentDepthMax) TooDeep(mark);
    YamlNode copy = found->second.node;
    Place(std::move(copy), found->second.depth, found->second.nodes, mark);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    RefuseTag(mark, tag);
    YamlNode node = At(mark, YamlNode::Kind::kScalar);
    node.text = value;
    node.quoted = tag == "!";
    if (mark.pos >= 0) node.source = text_.substr(std::min<size_t>(mark.pos, text_.size()));
    Add(std::move(node), anchor, mark);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    Open(mark, tag, anchor, YamlNode::Kind::kList);
  }
  void OnSequenceEnd() override { Close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    Open(mark, tag, anchor, YamlNode::Kind::kMap);
  }
  void OnMapEnd() override { Close(); }

 private:
  // A list or mapping that is not finished.
  struct Frame {
    YamlNode node;
    YAML::anchor_t anchor = 0;
    YAML::Mark mark;
    std::optional<YamlNode> key;  // of a mapping, waiting for its value
    std::set<std::string> keys;
    int depth = 1;     // levels of this node
    size_t nodes = 1;  // in this node
  };
  struct Anchored {
    YamlNode node;
    int depth = 0;
    size_t nodes = 1;
  };

  static YamlNode At(const YAML::Mark& mark, YamlNode::Kind kind) {
    YamlNode node;
    node.kind = kind;
    node.line = mark.line + 1;
    node.column = mark.column + 1;
    return node;
  }

  [[noreturn]] static void TooDeep(const YAML::Mark& mark) {
    throw YAML::ParserException(mark,
                                absl::StrCat("nested deeper than ", kDocumentDepthMax, " levels"));
  }

  // "?" is a plain scalar, "!" a quoted one, "" a list or mapping; all else was written by hand.
  void RefuseTag(const YAML::Mark& mark, const std::string& tag) {
    if (tag.empty() || tag == "?" || tag == "!") return;
    errors_.Add(mark.line + 1, mark.column + 1,
                absl::StrCat("tags such as ", Quoted(tag), " are not supported; remove it"));
  }

  void Count(size_t nodes, const YAML::Mark& mark) {
    nodes_ += nodes;
    if (nodes_ <= kDocumentNodesMax) return;
    throw YAML::ParserException(
        mark, absl::StrCat("more than ", kDocumentNodesMax, " values, aliases included"));
  }

  void Open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
            YamlNode::Kind kind) {
    RefuseTag(mark, tag);
    Count(1, mark);
    if (open_.size() >= static_cast<size_t>(kDocumentDepthMax)) TooDeep(mark);
    Frame& frame = open_.emplace_back();
    frame.node = At(mark, kind);
    frame.anchor = anchor;
    frame.mark = mark;
  }

  void Close() {
    Frame frame = std::move(open_.back());
    open_.pop_back();
    if (frame.anchor != 0) anchors_[frame.anchor] = {frame.node, frame.depth, frame.nodes};
    Place(std::move(frame.node), frame.depth, frame.nodes, frame.mark);
  }

  void Add(YamlNode node, YAML::anchor_t anchor, const YAML::Mark& mark) {
    Count(1, mark);
    if (anchor != 0) anchors_[anchor] = {node, 0, 1};
    Place(std::move(node), 0, 1, mark);
  }

  // Puts a finished node into the list or mapping that is open.
  void Place(YamlNode node, int depth, size_t nodes, const YAML::Mark& mark) {
    if (open_.empty()) {
      root_ = std::move(node);
      return;
    }
    Frame& parent = open_.back();
    parent.depth = std::max(parent.depth, depth + 1);
    parent.nodes += nodes;
    if (parent.node.kind == YamlNode::Kind::kList) {
      parent.node.items.push_back(std::move(node));
    } else if (!parent.key.has_value()) {
      if (node.kind != YamlNode::Kind::kScalar) {
        throw YAML::ParserException(mark,
                                    absl::StrCat("a key must be text, this is ", Describe(node)));
      }
      parent.key = std::move(node);
    } else {
      AddEntry(parent, std::move(node));
    }
  }

  void AddEntry(Frame& parent, YamlNode value) {
    YamlNode key = *std::move(parent.key);
    parent.key.reset();
    if (!parent.keys.insert(key.text).second) {
      errors_.Add(key.line, key.column,
                  absl::StrCat("key ", Quoted(key.text), " appears twice in one mapping"));
      return;
    }
    parent.node.entries.push_back({std::move(key), std::move(value)});
  }

  std::string_view text_;
  ErrorList& errors_;
  YamlNode root_;
  std::vector<Frame> open_;
  std::map<YAML::anchor_t, Anchored> anchors_;
  size_t nodes_ = 0;
};

// Adds an error at the first byte that no text document has.
bool IsText(std::string_view text, ErrorList& errors) {
  int line = 1, column = 1;
  for (size_t at = 0; at < text.size();) {
    const size_t length = expression::CharacterLength(text, at);
    const char c = text[at];
    const bool space = c == '\n' || c == '\r' || c == '\t';
    if (length == 0 || (absl::ascii_iscntrl(static_cast<unsigned char>(c)) && !space)) {
      errors.Add(line, column, length == 0 ? "not UTF-8 text" : "a control character");
      return false;
    }
    column = c == '\n' ? 1 : column + 1;
    line += c == '\n' ? 1 : 0;
    at += length;
  }
  return true;
}

// A scalar that would be read as something else, or end early, is quoted.
void AppendScalar(const YamlNode& node, std::string& text) {
  const bool plain =
      !node.text.empty() && node.text.find_first_of("{}[],:#&*!|>'\"%@`") == std::string::npos;
  if (plain) {
    text += node.text;
  } else {
    absl::StrAppend(&text, "\"", absl::StrReplaceAll(node.text, {{"\\", "\\\\"}, {"\"", "\\\""}}),
                    "\"");
  }
}

void AppendFlow(const YamlNode& node, std::string& text) {
  const char* separator = "";
  switch (node.kind) {
    case YamlNode::Kind::kNull:
      text += "null";
      return;
    case YamlNode::Kind::kScalar:
      AppendScalar(node, text);
      return;
    case YamlNode::Kind::kList:
      text += "[";
      for (const YamlNode& item : node.items) {
        text += std::exchange(separator, ", ");
        AppendFlow(item, text);
      }
      text += "]";
      return;
    case YamlNode::Kind::kMap:
      text += "{";
      for (const auto& [key, value] : node.entries) {
        text += std::exchange(separator, ", ");
        AppendScalar(key, text);
        text += ": ";
        AppendFlow(value, text);
      }
      text += "}";
      return;
  }
}

}  // namespace

std::string Describe(const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::kNull:
      return "nothing";
    case YamlNode::Kind::kScalar:
      return "text";
    case YamlNode::Kind::kList:
      return "a list";
    case YamlNode::Kind::kMap:
      return "a mapping";
  }
  return "unknown";
}

std::string FlowText(const YamlNode& node) {
  std::string text;
  AppendFlow(node, text);
  return text;
}

std::optional<YamlNode> ParseYaml(std::string_view text, ErrorList& errors) {
  if (text.size() > kDocumentBytesMax) {
    errors.Add(1, 1,
               absl::StrCat("the document has ", text.size(), " bytes; at most ", kDocumentBytesMax,
                            " are read"));
    return std::nullopt;
  }
  if (!IsText(text, errors)) return std::nullopt;
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    TreeBuilder builder(text, errors);
    if (!parser.HandleNextDocument(builder)) {
      errors.Add(1, 1, "the document is empty");
      return std::nullopt;
    }
    YamlNode root = builder.TakeRoot();
    TreeBuilder rest(text, errors);
    if (parser.HandleNextDocument(rest)) {
      errors.Add(root.line, root.column, "more than one document in this file; split it at '---'");
    }
    return root;
  } catch (const YAML::Exception& error) {
    errors.Add(error.mark.line + 1, error.mark.column + 1, error.msg);
  } catch (const std::exception& error) {
    errors.Add(1, 1, absl::StrCat("not readable as YAML: ", error.what()));
  }
  return std::nullopt;
}

}  // namespace baton::policy
