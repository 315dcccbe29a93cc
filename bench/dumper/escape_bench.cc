// Escaping and hex, in source bytes per second: one value after another, as rows bring them, over
// 1 MiB of values (so that lengths differ and the branch predictor cannot learn one value by
// heart). "dirty" counts special bytes per thousand.
#include <benchmark/benchmark.h>

#include <random>
#include <string>
#include <vector>

#include "dumper/escape/escape.h"

namespace sfdb::dumper {
namespace {

struct Values {
  std::string bytes;
  std::vector<size_t> lengths;
};

// Values of `mean` bytes on average (half to one and a half times), `dirty` specials per thousand.
Values MakeValues(size_t mean, unsigned dirty) {
  std::mt19937 random(7);
  constexpr char kSpecials[] = {'\'', '"', '\\', '\n', '\r', '\0', '\x1A'};
  Values values;
  while (values.bytes.size() < (1 << 20)) {
    const size_t n = mean / 2 + random() % (mean + 1);
    values.lengths.push_back(n);
    for (size_t i = 0; i < n; ++i) {
      const bool special = random() % 1000 < dirty;
      values.bytes += special ? kSpecials[random() % 7] : static_cast<char>('a' + random() % 26);
    }
  }
  return values;
}

template <typename Function>
void Run(benchmark::State& state, Function function) {
  const Values values =
      MakeValues(static_cast<size_t>(state.range(0)), static_cast<unsigned>(state.range(1)));
  std::vector<char> out(3 * values.bytes.size());
  for (auto _ : state) {
    const char* src = values.bytes.data();
    char* dst = out.data();
    for (const size_t n : values.lengths) {
      dst = function(src, n, dst);
      src += n;
    }
    benchmark::DoNotOptimize(dst);
    benchmark::ClobberMemory();
  }
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * values.bytes.size()));
  state.SetLabel(EscapeKernelName());
}

void BM_Escape(benchmark::State& state) { Run(state, EscapeBytes); }
BENCHMARK(BM_Escape)
    ->ArgNames({"mean", "dirty"})
    ->ArgsProduct({{10, 30, 100, 400, 65536}, {0, 20, 200}});

void BM_Hex(benchmark::State& state) { Run(state, HexEncode); }
BENCHMARK(BM_Hex)->ArgNames({"mean", "dirty"})->ArgsProduct({{16, 100, 65536}, {0}});

void BM_EscapedLength(benchmark::State& state) {
  Run(state, [](const char* src, size_t n, char* dst) {
    return dst + EscapedLength(EscapeCharset::kBytewise, src, n);
  });
}
BENCHMARK(BM_EscapedLength)->ArgNames({"mean", "dirty"})->ArgsProduct({{100, 65536}, {20}});

void BM_EscapeGbk(benchmark::State& state) {
  Run(state, [](const char* src, size_t n, char* dst) {
    return EscapeString(EscapeCharset::kGbk, src, n, dst);
  });
}
BENCHMARK(BM_EscapeGbk)->ArgNames({"mean", "dirty"})->ArgsProduct({{100}, {20}});

}  // namespace
}  // namespace sfdb::dumper
