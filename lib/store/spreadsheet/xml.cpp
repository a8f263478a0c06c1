#include "store/spreadsheet/xml.hpp"

#include <expat.h>
#include <fmt/format.h>

#include <utility>

namespace shortfall {
namespace {

constexpr int deepest = 64;

std::string_view without_prefix(std::string_view name) {
  const auto colon = name.rfind(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

XML_Parser parser_of(void* parser) { return static_cast<XML_Parser>(parser); }

}  // namespace

std::string_view Attributes::of(std::string_view name) const {
  for (const char** at = list_; at != nullptr && *at != nullptr; at += 2)
    if (without_prefix(*at) == name) return at[1];
  return {};
}

bool Attributes::is_true(std::string_view name) const { return of(name) == "1" || of(name) == "true"; }

struct XmlStream::Calls {
  static XmlStream& of(void* self) { return *static_cast<XmlStream*>(self); }
  static void XMLCALL start(void* self, const char* name, const char** attributes) {
    XmlStream& stream = of(self);
    if (!stream.wrong_.empty()) return;
    if (++stream.depth_ > deepest) return stream.refuse("is nested deeper than 64 levels");
    if (stream.events_.start) stream.events_.start(without_prefix(name), Attributes(attributes));
  }
  static void XMLCALL end(void* self, const char* name) {
    XmlStream& stream = of(self);
    if (!stream.wrong_.empty()) return;
    --stream.depth_;
    if (stream.events_.end) stream.events_.end(without_prefix(name));
  }
  static void XMLCALL text(void* self, const char* text, int size) {
    XmlStream& stream = of(self);
    if (stream.wrong_.empty() && stream.events_.text) stream.events_.text({text, static_cast<std::size_t>(size)});
  }
  static void XMLCALL doctype(void* self, const char*, const char*, const char*, int) {
    of(self).refuse("has a document type declaration, which no workbook needs (it could bring in other files)");
  }
};

XmlStream::XmlStream(XmlEvents events) : events_(std::move(events)), parser_(XML_ParserCreate(nullptr)) {
  if (parser_ == nullptr) throw std::bad_alloc();
  XML_SetUserData(parser_of(parser_), this);
  XML_SetElementHandler(parser_of(parser_), Calls::start, Calls::end);
  XML_SetCharacterDataHandler(parser_of(parser_), Calls::text);
  XML_SetStartDoctypeDeclHandler(parser_of(parser_), Calls::doctype);
}

XmlStream::~XmlStream() { XML_ParserFree(parser_of(parser_)); }

void XmlStream::refuse(std::string why) {
  if (wrong_.empty()) wrong_ = std::move(why);
  XML_StopParser(parser_of(parser_), XML_FALSE);
}

void XmlStream::feed(std::string_view piece, bool last) {
  if (!wrong_.empty()) return;
  if (XML_Parse(parser_of(parser_), piece.data(), static_cast<int>(piece.size()), last ? 1 : 0) == XML_STATUS_OK || !wrong_.empty()) return;
  wrong_ = fmt::format("is not well-formed XML ({}, line {})", XML_ErrorString(XML_GetErrorCode(parser_of(parser_))),
                       XML_GetCurrentLineNumber(parser_of(parser_)));
}

bool XmlStream::take(std::string_view piece) {
  feed(piece, false);
  return wrong_.empty();
}

void XmlStream::finish() { feed({}, true); }

}  // namespace shortfall
