// Counts as bytes and back, exactly: how parts of a whole travel between processes and machines. A type takes part by a static member
//   template <class Self, class F> static void each_field(Self& self, F&& f)   // f(self.a); f(self.b); f.same(self.shape);
// that names its fields once, for writing and for reading. Numbers stand as they do in the memory of every machine that the program is built for:
// little-endian, 8 bytes (a Sum's whole number 16).
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <map>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace shortfall {

static_assert(std::endian::native == std::endian::little);

template <class T>
inline constexpr bool is_plain = std::is_arithmetic_v<T> || std::is_same_v<T, __int128>;

class ArchiveWriter {
 public:
  template <class T>
  void operator()(const T& value) {
    if constexpr (is_plain<T>) {
      static_assert(sizeof value >= 8);
      bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
    } else {
      T::each_field(value, *this);
    }
  }
  template <class T>
  void operator()(const std::vector<T>& values) {
    (*this)(std::uint64_t{values.size()});
    for (const T& value : values) (*this)(value);
  }
  template <class T, std::size_t N>
  void operator()(const std::array<T, N>& values) {
    for (const T& value : values) (*this)(value);
  }
  template <class T>
  void operator()(const std::map<std::uint64_t, T>& values) {
    (*this)(std::uint64_t{values.size()});
    for (const auto& [key, value] : values) (*this)(key), (*this)(value);
  }
  // What must be the same in all parts.
  template <class T>
  void same(const T& value) {
    (*this)(value);
  }
  // A vector of any length.
  template <class T>
  void any(const std::vector<T>& values) {
    (*this)(values);
  }

  std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

// Reads what a writer wrote into something of the same shape: vectors have their sizes already. After any disagreement, and after too few or too
// many bytes, `good` is false.
class ArchiveReader {
 public:
  explicit ArchiveReader(std::string_view bytes) : bytes_(bytes) {}

  template <class T>
  void operator()(T& value) {
    if constexpr (is_plain<T>) {
      if (bytes_.size() < sizeof value) return fail();
      std::memcpy(&value, bytes_.data(), sizeof value);
      bytes_.remove_prefix(sizeof value);
    } else {
      T::each_field(value, *this);
    }
  }
  template <class T>
  void operator()(std::vector<T>& values) {
    std::uint64_t size = 0;
    (*this)(size);
    if (size != values.size()) return fail();
    for (T& value : values) (*this)(value);
  }
  template <class T, std::size_t N>
  void operator()(std::array<T, N>& values) {
    for (T& value : values) (*this)(value);
  }
  // Maps, like what goes through `any`, may have any size.
  template <class T>
  void operator()(std::map<std::uint64_t, T>& values) {
    std::uint64_t size = 0, key = 0;
    (*this)(size);
    if (size > bytes_.size()) return fail();
    values.clear();
    for (std::uint64_t k = 0; k < size; ++k) (*this)(key), (*this)(values[key]);
  }
  template <class T>
  void same(const T& value) {
    T there{};
    (*this)(there);
    if (there != value) fail();
  }

  template <class T>
  void any(std::vector<T>& values) {
    std::uint64_t size = 0;
    (*this)(size);
    if (size > bytes_.size()) return fail();  // none takes less than a byte
    values.assign(size, T());
    for (T& value : values) (*this)(value);
  }

  bool good() const { return good_ && bytes_.empty(); }

 private:
  void fail() {
    good_ = false;
    bytes_ = {};
  }

  std::string_view bytes_;
  bool good_ = true;
};

template <class T>
std::string to_bytes(const T& value) {
  ArchiveWriter writer;
  writer(value);
  return writer.take();
}

// False, and `value` is of no more use, where the bytes are not of its shape.
template <class T>
bool from_bytes(std::string_view bytes, T& value) {
  ArchiveReader reader(bytes);
  reader(value);
  return reader.good();
}

}  // namespace shortfall
