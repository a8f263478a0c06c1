// XML as a stream of elements, so that a large sheet need not stand in memory as a tree. Documents with a type declaration are refused:
// no part of a workbook has one, and entities that stand for other entities or files come in with it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace shortfall {

// The attributes of one element, by name without its prefix.
class Attributes {
 public:
  explicit Attributes(const char** list) : list_(list) {}
  // Empty where there is none.
  std::string_view of(std::string_view name) const;
  bool is_true(std::string_view name) const;  // "1" or "true"

 private:
  const char** list_;
};

// Names come without their prefix: "row" of <x:row>.
struct XmlEvents {
  std::function<void(std::string_view name, const Attributes&)> start;
  std::function<void(std::string_view name)> end;
  std::function<void(std::string_view text)> text;
};

class XmlStream {
 public:
  explicit XmlStream(XmlEvents events);
  ~XmlStream();
  XmlStream(const XmlStream&) = delete;
  XmlStream& operator=(const XmlStream&) = delete;

  bool take(std::string_view piece);  // false: no more is wanted, or something is wrong
  void finish();
  void refuse(std::string why);                        // by an event: reading stops
  const std::string& wrong() const { return wrong_; }  // empty: nothing

 private:
  struct Calls;
  void feed(std::string_view piece, bool last);
  XmlEvents events_;
  std::string wrong_;
  int depth_ = 0;
  void* parser_;
};

}  // namespace shortfall
