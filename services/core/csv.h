// CSV as RFC 4180 has it: cells apart by commas; one with a comma, a line break or a quote stands
// in quotes, where "" is a quote. Lines end with LF or CR LF; empty ones are passed over, as is a
// byte order mark at the beginning.
#ifndef BATON_CORE_CSV_H_
#define BATON_CORE_CSV_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace baton::core {

inline constexpr size_t kCsvRowBytesMax = 64 * 1024;  // beyond, a quote is missing

// Reads row by row. Refers to the text. Not thread-safe.
class CsvReader {
 public:
  explicit CsvReader(std::string_view text);

  // False at the end, and where the text is no CSV: then problem() says why, and nothing follows.
  bool Next(std::vector<std::string>& cells);

  int64_t line() const { return line_; }  // where the latest row began; from 1
  const std::string& problem() const { return problem_; }

 private:
  // The cells up to the end of the line, of which there is at least a byte.
  void ReadRow(std::vector<std::string>& cells);
  // Appends what stands in quotes, behind the first one.
  void ReadQuoted(std::string& cell);

  std::string_view rest_;
  int64_t line_ = 0;
  int64_t next_line_ = 1;
  std::string problem_;
};

}  // namespace baton::core

#endif  // BATON_CORE_CSV_H_
