// A ZIP archive in memory, read part by part. Nothing is ever unpacked to the disk, and no more than is asked for.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace shortfall {

class Archive {
 public:
  explicit Archive(std::string_view bytes);  // which must outlive it
  ~Archive();
  Archive(const Archive&) = delete;
  Archive& operator=(const Archive&) = delete;

  bool is_open() const;  // false where the bytes are no archive, or hold more than 10,000 parts
  bool has(const std::string& part) const;

  // Gives the part to `take` piece by piece until that returns false. What went wrong; empty: nothing.
  std::string read(const std::string& part, std::size_t most, const std::function<bool(std::string_view)>& take) const;

 private:
  struct Memory;
  std::unique_ptr<Memory> memory_;
  void* file_ = nullptr;
};

}  // namespace shortfall
