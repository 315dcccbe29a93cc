#include "tools/backup_screen.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "engine/backup/file_names.h"
#include "tools/backup_settings.h"
#include "tools/screen/display_text.h"
#include "tools/screen/table.h"

namespace sfdb::tools {
namespace {

using engine::BackupRequest;
using Rows = std::vector<std::vector<std::string>>;

// Longer lists are cut: a screen is to be read.
constexpr size_t kMostNames = 12;

std::string Names(const std::vector<std::string>& names) {
  std::vector<std::string> shown(
      names.begin(), names.begin() + static_cast<ptrdiff_t>(std::min(names.size(), kMostNames)));
  std::string text = absl::StrJoin(shown, ", ");
  if (names.size() > kMostNames) absl::StrAppend(&text, ", ... (", names.size(), ")");
  return text;
}

// Text with the words of one language and the look of one stream.
class Screen {
 public:
  Screen(Language language, const ScreenStyle& style) : language_(language), style_(style) {}

  std::string Say(Message message, std::initializer_list<std::string_view> arguments = {}) const {
    return Text(language_, message, arguments);
  }
  std::string YesNo(bool yes) const { return Say(yes ? Message::kYes : Message::kNo); }
  std::string OnOff(bool on) const { return Say(on ? Message::kEnabled : Message::kDisabled); }
  std::string OrNone(const std::string& text) const {
    return text.empty() ? Say(Message::kNone) : text;
  }
  void Heading(Message title) {
    absl::StrAppend(&text_, "\n", Painted(style_, Paint::kTitle, "=== " + Say(title) + " ==="),
                    "\n\n");
  }
  void AddTable(Message left, Message right, const Rows& rows) {
    text_ += TableText({.header = {Say(left), Say(right)}, .rows = rows, .right = {}}, style_);
  }
  void Line(Paint paint, const std::string& line) {
    absl::StrAppend(&text_, line.empty() ? "" : Painted(style_, paint, CleanText(line)), "\n");
  }
  std::string Take() { return std::move(text_); }

 private:
  const Language language_;
  const ScreenStyle& style_;
  std::string text_;
};

class OptionSections {
 public:
  OptionSections(const OptionsView& view, Language language, const ScreenStyle& style)
      : request_(*view.request),
        plan_(*view.plan),
        settings_(*view.settings),
        profile_(view.profile),
        screen_(language, style) {}

  std::string Build() {
    Statistics();
    Section(Message::kSectionGeneral, General());
    Section(Message::kSectionMode, Mode());
    Section(Message::kSectionProfile, Profile());
    Section(Message::kSectionFilter, Filter());
    Section(Message::kSectionCompression, Compression());
    Section(Message::kSectionEncryption, Encryption());
    Section(Message::kSectionCleanup, Cleanup());
    return screen_.Take();
  }

 private:
  void Section(Message title, const Rows& rows) {
    screen_.Heading(title);
    screen_.AddTable(Message::kParameter, Message::kOptionValue, rows);
  }

  void Statistics() {
    const engine::FilterStatistics& statistics = plan_.choice.statistics;
    Rows rows = {{screen_.Say(Message::kFoundTotal), absl::StrCat(statistics.found)},
                 {screen_.Say(Message::kToBackUp), absl::StrCat(plan_.choice.databases.size())},
                 {screen_.Say(Message::kExcludedTotal), absl::StrCat(statistics.dropped.size())}};
    for (const auto& [reason, message] :
         std::initializer_list<std::pair<engine::DropReason, Message>>{
             {engine::DropReason::kNotIncluded, Message::kDropNotIncluded},
             {engine::DropReason::kExcluded, Message::kDropExcluded},
             {engine::DropReason::kSystem, Message::kDropSystem},
             {engine::DropReason::kVirtual, Message::kDropVirtual},
             {engine::DropReason::kEmpty, Message::kDropEmpty},
             {engine::DropReason::kMode, Message::kDropMode},
             {engine::DropReason::kNotChosen, Message::kDropNotChosen}}) {
      if (const size_t count = statistics.Count(reason); count > 0) {
        rows.push_back({"- " + screen_.Say(message), absl::StrCat(count)});
      }
    }
    screen_.Heading(Message::kFilterTitle);
    screen_.AddTable(Message::kCategory, Message::kCount, rows);
  }

  Rows General() const {
    const bool sealed = !request_.recipients.empty();
    const std::string extension = engine::DumpFileName("", request_.codec->extension, sealed);
    const bool combined = request_.mode == engine::BackupMode::kCombined;
    std::string pattern = combined ? "combined_{host}_{time}" : "{db}_{mode}_{host}_{time}";
    if (!request_.filename.empty()) pattern = request_.filename;
    if (pattern.find(".sql") == pattern.npos) pattern += extension;
    Rows rows = {
        {screen_.Say(Message::kRowMode), std::string(engine::BackupModeName(request_.mode))},
        {screen_.Say(Message::kRowOutputDir), request_.output_dir},
        {screen_.Say(Message::kRowFilenamePattern), pattern}};
    if (!plan_.base_names.empty()) {
      std::string example = plan_.base_names.front();
      if (example.find(".sql") == example.npos) example += extension;
      rows.push_back({screen_.Say(Message::kRowFilenameExample), example});
    }
    rows.push_back({screen_.Say(Message::kRowDryRun), screen_.YesNo(settings_.flag(kDryRun))});
    rows.push_back({screen_.Say(Message::kRowCaptureGtid), screen_.YesNo(request_.capture_gtid)});
    rows.push_back({screen_.Say(Message::kRowExportGrants), screen_.YesNo(request_.export_users)});
    rows.push_back({screen_.Say(Message::kRowThreads), absl::StrCat(request_.threads)});
    rows.push_back({screen_.Say(Message::kRowMemory), settings_.text(kMemoryLimit)});
    rows.push_back({screen_.Say(Message::kRowConsistency), settings_.text(kConsistency)});
    rows.push_back({screen_.Say(Message::kRowTimeout), settings_.is_set(kTimeout)
                                                           ? settings_.text(kTimeout) + " s"
                                                           : screen_.Say(Message::kNone)});
    rows.push_back({screen_.Say(Message::kRowTicket), screen_.OrNone(request_.ticket)});
    rows.push_back({screen_.Say(Message::kRowDumpArgs),
                    screen_.OrNone(absl::StrJoin(request_.dump_args, " "))});
    return rows;
  }

  Rows Mode() const {
    Rows rows = {{screen_.Say(Message::kRowDatabases), Names(plan_.choice.databases)}};
    if (engine::TakesOneDatabase(request_.mode)) {
      rows.push_back({screen_.Say(Message::kRowCompanions), Companions()});
    }
    return rows;
  }

  // "_dmart: yes, _temp: no, ...", and which of them are not there.
  std::string Companions() const {
    const engine::Companions& wanted = request_.companions;
    std::string text = absl::StrCat("_dmart: ", screen_.YesNo(wanted.dmart),
                                    ", _temp: ", screen_.YesNo(wanted.temp),
                                    ", _archive: ", screen_.YesNo(wanted.archive));
    const auto& absent = plan_.choice.statistics.absent_companions;
    if (!absent.empty()) {
      absl::StrAppend(&text, "; ", screen_.Say(Message::kNotThere, {Names(absent)}));
    }
    return text;
  }

  Rows Profile() const {
    const dumper::ConnectionOptions& connection = request_.connection;
    std::string host = connection.host.value_or("localhost");
    if (connection.port != 0) absl::StrAppend(&host, ":", connection.port);
    if (connection.socket) host = *connection.socket;
    return {{screen_.Say(Message::kRowProfile),
             profile_.empty() ? screen_.Say(Message::kOptionFiles) : profile_},
            {screen_.Say(Message::kRowHostname), plan_.server.hostname},
            {screen_.Say(Message::kRowHost), host},
            {screen_.Say(Message::kRowUser), connection.user.value_or("")},
            {screen_.Say(Message::kRowServer), plan_.server.version}};
  }

  Rows Filter() const {
    auto file = [&](BackupSetting setting) { return screen_.OrNone(settings_.text(setting)); };
    const engine::DatabaseFilter& filter = request_.filter;
    return {{screen_.Say(Message::kRowExcludeSystem), screen_.YesNo(filter.exclude_system)},
            {screen_.Say(Message::kRowExcludeEmpty), screen_.YesNo(filter.exclude_empty)},
            {screen_.Say(Message::kRowExcludeData), screen_.YesNo(request_.exclude_data)},
            {screen_.Say(Message::kRowInclude), screen_.OrNone(Names(filter.include))},
            {screen_.Say(Message::kRowIncludeFile), file(kIncludeFile)},
            {screen_.Say(Message::kRowExclude), screen_.OrNone(Names(filter.exclude))},
            {screen_.Say(Message::kRowExcludeFile), file(kExcludeFile)}};
  }

  Rows Compression() const {
    if (request_.codec->name == "none") {
      return {{screen_.Say(Message::kRowCompression), screen_.OnOff(false)}};
    }
    return {{screen_.Say(Message::kRowCompression),
             screen_.Say(Message::kEnabledWith, {request_.codec->name})},
            {screen_.Say(Message::kRowCompressionLevel), absl::StrCat(request_.level)}};
  }

  Rows Encryption() const {
    Rows rows = {
        {screen_.Say(Message::kRowEncryption), screen_.OnOff(!request_.recipients.empty())}};
    if (!request_.recipients.empty()) {
      rows.push_back({screen_.Say(Message::kRowKeys), absl::StrCat(request_.recipients.size())});
    }
    return rows;
  }

  Rows Cleanup() const {
    if (!settings_.flag(kCleanup)) {
      return {{screen_.Say(Message::kRowCleanup), screen_.OnOff(false)}};
    }
    return {{screen_.Say(Message::kRowCleanup), screen_.OnOff(true)},
            {screen_.Say(Message::kRowCleanupDays), settings_.text(kCleanupDays)},
            {screen_.Say(Message::kRowCleanupPattern), screen_.Say(Message::kOwnBackupsOnly)}};
  }

  const BackupRequest& request_;
  const engine::BackupPlan& plan_;
  const engine::Settings& settings_;
  const std::string profile_;
  Screen screen_;
};

// Of the file, as the document has it: what reached the disk, in MB of 10^6 bytes.
std::string Throughput(const engine::BackupMetadata& metadata) {
  const double seconds = std::max(1e-3, absl::ToDoubleSeconds(metadata.end - metadata.start));
  return absl::StrFormat("%.2f MB/s",
                         static_cast<double>(metadata.file_size_bytes) / 1e6 / seconds);
}

Rows FileRows(const engine::FileOutcome& file, const Screen& screen) {
  const engine::BackupMetadata& m = file.metadata;
  auto time = [](absl::Time t) {
    return absl::FormatTime("%Y-%m-%d %H:%M:%S", t, absl::LocalTimeZone());
  };
  Rows rows = {
      {screen.Say(Message::kRowDatabase), Names(file.databases)},
      {screen.Say(Message::kRowStatus), m.status},
      {screen.Say(Message::kRowFile), file.path},
      {screen.Say(Message::kRowSize), engine::HumanSize(m.file_size_bytes)},
      {screen.Say(Message::kRowDuration), engine::ShortDuration(m.end - m.start)},
      {screen.Say(Message::kRowBackupId), m.backup_id},
      {screen.Say(Message::kRowStart), time(m.start)},
      {screen.Say(Message::kRowEnd), time(m.end)},
      {screen.Say(Message::kRowThroughput), Throughput(m)},
      {screen.Say(Message::kRowManifest), file.metadata_path},
      {screen.Say(Message::kRowCompression),
       m.compression_type.empty() ? screen.OnOff(false)
                                  : screen.Say(Message::kEnabledWith, {m.compression_type})},
      {screen.Say(Message::kRowEncryption), screen.OnOff(m.encrypted)}};
  if (!m.snapshot.gtid.empty()) {
    rows.push_back({screen.Say(Message::kRowGtid), m.snapshot.gtid});
  }
  if (!file.warnings.empty()) {
    rows.push_back({screen.Say(Message::kRowWarnings), absl::StrJoin(file.warnings, "; ")});
  }
  return rows;
}

}  // namespace

std::string OptionsScreen(const OptionsView& view, Language language, const ScreenStyle& style) {
  return OptionSections(view, language, style).Build();
}

std::string ResultScreen(const engine::BackupOutcome& outcome, Language language,
                         const ScreenStyle& style) {
  Screen screen(language, style);
  size_t all = 0;
  size_t failed = 0;
  for (const engine::FileOutcome& file : outcome.files) {
    all += file.databases.size();
    if (!file.published()) failed += file.databases.size();
  }
  screen.Heading(Message::kResultTitle);
  screen.AddTable(
      Message::kCategory, Message::kCount,
      {{screen.Say(Message::kTotalDatabases), absl::StrCat(all)},
       {screen.Say(Message::kTotalGood), absl::StrCat(all - failed)},
       {screen.Say(Message::kTotalFailed), absl::StrCat(failed)},
       {screen.Say(Message::kTotalTime), engine::ShortDuration(outcome.end - outcome.start)}});
  if (outcome.published() > 0) screen.Heading(Message::kDetailTitle);
  bool first = true;
  for (const engine::FileOutcome& file : outcome.files) {
    if (!file.published()) continue;
    if (!std::exchange(first, false)) screen.Line(Paint::kGood, "");
    screen.AddTable(Message::kParameter, Message::kResultValue, FileRows(file, screen));
  }
  if (failed > 0) screen.Heading(Message::kFailedTitle);
  size_t number = 0;
  for (const engine::FileOutcome& file : outcome.files) {
    if (file.published()) continue;
    screen.Line(Paint::kBad, absl::StrCat(++number, ". ", Names(file.databases)));
    screen.Line(Paint::kBad,
                "   " + screen.Say(Message::kError, {std::string(file.status.message())}));
  }
  return screen.Take();
}

}  // namespace sfdb::tools
