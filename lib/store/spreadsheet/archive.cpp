#include "store/spreadsheet/archive.hpp"

#include <fmt/format.h>
#include <minizip/unzip.h>

#include <algorithm>
#include <cstring>
#include <vector>

namespace shortfall {

// What minizip takes for a file.
struct Archive::Memory {
  std::string_view bytes;
  ZPOS64_T at = 0;

  static voidpf open(voidpf self, const void*, int) { return self; }
  static uLong read(voidpf, voidpf stream, void* into, uLong size) {
    Memory& m = *static_cast<Memory*>(stream);
    const uLong n = static_cast<uLong>(std::min<ZPOS64_T>(size, m.bytes.size() - std::min<ZPOS64_T>(m.at, m.bytes.size())));
    if (n > 0) std::memcpy(into, m.bytes.data() + m.at, n);
    m.at += n;
    return n;
  }
  static uLong write(voidpf, voidpf, const void*, uLong) { return 0; }
  static ZPOS64_T tell(voidpf, voidpf stream) { return static_cast<Memory*>(stream)->at; }
  static long seek(voidpf, voidpf stream, ZPOS64_T offset, int origin) {
    Memory& m = *static_cast<Memory*>(stream);
    const ZPOS64_T base = origin == ZLIB_FILEFUNC_SEEK_CUR ? m.at : origin == ZLIB_FILEFUNC_SEEK_END ? m.bytes.size() : 0;
    const ZPOS64_T to = base + offset;
    if (to > m.bytes.size()) return -1;
    m.at = to;
    return 0;
  }
  static int close(voidpf, voidpf) { return 0; }
  static int error(voidpf, voidpf) { return 0; }
};

Archive::Archive(std::string_view bytes) : memory_(std::make_unique<Memory>(Memory{bytes})) {
  zlib_filefunc64_def functions{Memory::open, Memory::read, Memory::write, Memory::tell, Memory::seek, Memory::close, Memory::error, memory_.get()};
  file_ = unzOpen2_64("", &functions);
  unz_global_info64 info{};
  if (file_ != nullptr && (unzGetGlobalInfo64(file_, &info) != UNZ_OK || info.number_entry > 10'000)) {
    unzClose(file_);
    file_ = nullptr;
  }
}

Archive::~Archive() {
  if (file_ != nullptr) unzClose(file_);
}

bool Archive::is_open() const { return file_ != nullptr; }

namespace {

constexpr int letters_of_either_case = 2;

}  // namespace

bool Archive::has(const std::string& part) const { return unzLocateFile(file_, part.c_str(), letters_of_either_case) == UNZ_OK; }

std::string Archive::read(const std::string& part, std::size_t most, const std::function<bool(std::string_view)>& take) const {
  if (!has(part)) return fmt::format("it has no {}", part);
  unz_file_info64 info{};
  if (unzGetCurrentFileInfo64(file_, &info, nullptr, 0, nullptr, 0, nullptr, 0) != UNZ_OK) return fmt::format("{} cannot be read", part);
  if ((info.flag & 1) != 0) return "it has a password; save it without one";
  if (unzOpenCurrentFile(file_) != UNZ_OK) return fmt::format("{} is packed in a way that is not read", part);
  std::vector<char> buffer(1 << 16);
  std::size_t total = 0;
  bool going = true;
  int n = 0;
  while (going && (n = unzReadCurrentFile(file_, buffer.data(), static_cast<unsigned>(buffer.size()))) > 0) {
    total += static_cast<std::size_t>(n);
    if (total > most) break;
    going = take({buffer.data(), static_cast<std::size_t>(n)});
  }
  const int closed = unzCloseCurrentFile(file_);
  if (total > most)
    return fmt::format("{} holds more than {} MiB unpacked (no savings tracker does); delete what is not needed and save it again", part, most >> 20);
  if (n < 0 || (going && closed == UNZ_CRCERROR)) return fmt::format("{} is damaged; open it in a spreadsheet program and save it again", part);
  return {};
}

}  // namespace shortfall
