#include "dumper/run/table_group.h"

#include <optional>
#include <string>
#include <utility>

namespace sfdb::dumper {
namespace {

// What TableJob::PinInOneTrip() asks, for all of them. False: the jobs know no more than before.
bool PinAll(const ScriptContext& context, const std::vector<std::shared_ptr<TableJob>>& jobs,
            Session& session) {
  const bool ready = session.UseDatabase(jobs.front()->database()).ok() &&
                     EnterTableMode(context, session).ok() && session.allows_batches();
  if (!ready) return false;
  std::vector<std::string> statements;
  const bool gives_up_pins =
      context.options->single_transaction && session.has_pins() && session.AllPinsDone();
  if (gives_up_pins) statements.push_back("ROLLBACK TO SAVEPOINT sp");
  const size_t pins = statements.size();
  for (const auto& job : jobs) statements.push_back(job->PinSql(session));
  statements.push_back(session.ResultsBinarySql(true));
  const size_t definitions = statements.size();
  for (const auto& job : jobs) statements.push_back(job->DefinitionSql());
  statements.push_back(session.ResultsBinarySql(false));
  const auto results = session.QueryBatch(statements);
  if (!results.ok()) {
    (void)session.Execute(session.ResultsBinarySql(false));
    (void)jobs.front()->LosesSnapshot(session, results.status());
    return false;
  }
  if (gives_up_pins) session.ClearPins();
  bool as_expected = true;
  for (size_t i = 0; i < jobs.size(); ++i) {
    as_expected &= jobs[i]->Knows((*results)[pins + i], (*results)[definitions + i]);
  }
  return as_expected;
}

}  // namespace

void RunTableGroup(const ScriptContext& context, SessionRunner& runner,
                   const std::vector<std::shared_ptr<TableJob>>& jobs, Session& session) {
  for (size_t i = 0; i < jobs.size(); ++i) jobs[i]->SetPlaceInGroup(i);
  if (jobs.size() > 1 && !context.run->IsVoid(SessionRunner::CurrentOrder()) &&
      PinAll(context, jobs, session)) {
    std::vector<std::string> rows;
    for (const auto& job : jobs) rows.push_back(job->RowsSql());
    if (session.SendStreams(std::move(rows)).ok()) {
      for (const auto& job : jobs) job->RowsFollow();
    }
  }
  for (size_t i = 0; i < jobs.size(); ++i) {
    const auto& job = jobs[i];
    if (session.lost() && runner.live_sessions() > 1) {
      job->Forget();
      runner.Requeue(Place{SessionRunner::CurrentOrder(), i}, std::nullopt,
                     [job](Session& other) { job->Start(other); });
    } else {
      job->Start(session);
    }
  }
  // Left over when the run was given up in between.
  (void)session.DropStreams(context.options->connection);
}

}  // namespace sfdb::dumper
