#include "batonctl/api_docs.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>

#include <memory>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "batonctl/exit_codes.h"
#include "policy/document_error.h"

namespace baton::batonctl {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;

// Read once; lives as long as the program.
const DescriptorPool& Pool() {
  static const DescriptorPool* const pool = [] {
    auto made = std::make_unique<DescriptorPool>();
    google::protobuf::FileDescriptorSet files;
    const absl::string_view bytes = ApiDescriptors();
    files.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
    for (const auto& file : files.file()) made->BuildFile(file);
    return made.release();
  }();
  return *pool;
}

// The comment above, or behind on the same line.
template <typename Element>
std::string CommentOf(const Element& element) {
  google::protobuf::SourceLocation location;
  if (!element.GetSourceLocation(&location)) return "";
  const std::string& comment =
      location.leading_comments.empty() ? location.trailing_comments : location.leading_comments;
  std::vector<std::string> lines;
  for (const absl::string_view line : absl::StrSplit(comment, '\n')) {
    lines.emplace_back(absl::StripAsciiWhitespace(line));
  }
  std::string text = absl::StrJoin(lines, "\n");
  absl::StripAsciiWhitespace(&text);
  return text;
}

std::string TypeText(const FieldDescriptor& field) {
  if (field.is_map()) {
    const Descriptor& entry = *field.message_type();
    return absl::StrCat("map[", TypeText(*entry.map_key()), "]", TypeText(*entry.map_value()));
  }
  std::string type = field.type_name();
  if (field.message_type() != nullptr) type = field.message_type()->name();
  if (field.enum_type() != nullptr) type = field.enum_type()->name();
  return field.is_repeated() ? absl::StrCat("[]", type) : type;
}

FieldDocs DocsOfField(const FieldDescriptor& field) {
  return {field.json_name(), TypeText(field), CommentOf(field)};
}

TypeDocs DocsOfMessage(const Descriptor& message) {
  TypeDocs docs{message.full_name(), "", CommentOf(message), {}, {}};
  for (int i = 0; i < message.field_count(); ++i) {
    docs.fields.push_back(DocsOfField(*message.field(i)));
  }
  return docs;
}

TypeDocs DocsOfEnum(const EnumDescriptor& type) {
  TypeDocs docs{type.full_name(), "", CommentOf(type), {}, {}};
  for (int i = 0; i < type.value_count(); ++i) {
    docs.values.push_back({type.value(i)->name(), "", CommentOf(*type.value(i))});
  }
  return docs;
}

const FieldDescriptor* FindField(const Descriptor& message, const std::string& name) {
  for (int i = 0; i < message.field_count(); ++i) {
    const FieldDescriptor& field = *message.field(i);
    if (field.json_name() == name || field.name() == name) return &field;
  }
  return nullptr;
}

// What the values of a field are; nullptr: plain ones.
const Descriptor* MessageOf(const FieldDescriptor& field) {
  const FieldDescriptor& value = field.is_map() ? *field.message_type()->map_value() : field;
  return value.message_type();
}

}  // namespace

absl::StatusOr<TypeDocs> DocsOf(const std::string& name, const std::vector<std::string>& path) {
  const Descriptor* message = Pool().FindMessageTypeByName("baton.v1." + name);
  if (message == nullptr) {
    return UsageError(absl::StrCat("the API has no message ", policy::Quoted(name)));
  }
  TypeDocs docs = DocsOfMessage(*message);
  for (const std::string& step : path) {
    const FieldDescriptor* field = message == nullptr ? nullptr : FindField(*message, step);
    if (field == nullptr) {
      std::vector<std::string> known;
      for (const FieldDocs& each : docs.fields) known.push_back(each.name);
      return UsageError(absl::StrCat(
          docs.name, " has no field ", policy::Quoted(step), policy::DidYouMean(step, known),
          known.empty() ? "" : "; fields are ", absl::StrJoin(known, ", ")));
    }
    const FieldDocs own = DocsOfField(*field);
    message = MessageOf(*field);
    if (message != nullptr) {
      docs = DocsOfMessage(*message);
    } else if (field->enum_type() != nullptr) {
      docs = DocsOfEnum(*field->enum_type());
    } else {
      docs = {own.type, "", "", {}, {}};
    }
    docs.field = absl::StrCat(own.name, " <", own.type, ">");
    docs.description =
        absl::StrCat(own.description, docs.description.empty() ? "" : "\n", docs.description);
  }
  return docs;
}

}  // namespace baton::batonctl
