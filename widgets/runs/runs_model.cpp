#include "widgets/runs/runs_model.h"

#include "core/base/format.h"
#include "widgets/runs/run_text.h"

#include <algorithm>
#include <iterator>

namespace vitrine
{
namespace
{

constexpr std::int64_t kPage = 200;

QString tagWords(const std::vector<std::string>& tags)
{
    QStringList words;
    for (const std::string& tag : tags)
        words << QString::fromStdString(tag);
    return words.join(", ");
}

} // namespace

void RunsModel::setStore(const Store* store)
{
    store_ = store;
    reload();
}

void RunsModel::setQuery(RunQuery query)
{
    query_ = std::move(query);
    beginResetModel();
    runs_.clear();
    endResetModel();
    reload();
}

void RunsModel::reload()
{
    const auto wanted = std::max<std::int64_t>(kPage, static_cast<std::int64_t>(runs_.size()));
    beginResetModel();
    error_.clear();
    runs_ = page(0, wanted);
    const auto counted = store_ != nullptr ? store_->count(query_) : Result<std::int64_t>(0);
    total_ = counted.value_or(static_cast<std::int64_t>(runs_.size()));
    endResetModel();
}

int RunsModel::rowOf(const std::string& uid) const
{
    const auto found = std::ranges::find(runs_, uid, &RunSummary::uid);
    return found == runs_.end() ? -1 : static_cast<int>(found - runs_.begin());
}

int RunsModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(runs_.size());
}

int RunsModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : firstMetric + static_cast<int>(query_.metrics.size());
}

QVariant RunsModel::data(const QModelIndex& index, int role) const
{
    const RunSummary& shown = run(index.row());
    const int column = index.column();
    switch (role) {
    case Qt::DisplayRole:
        return text(shown, column);
    case Qt::ForegroundRole:
        return column == state ? QVariant(stateColour(shown.state)) : QVariant();
    case Qt::ToolTipRole:
        if (column == state && !shown.error.empty())
            return QString::fromStdString(shown.error);
        if (column >= firstMetric)
            return metric(shown, column).isNull()
                       ? QVariant()
                       : QString::fromStdString(shortest(metric(shown, column).toDouble()));
        return text(shown, column);
    case Qt::TextAlignmentRole:
        return QVariant(Qt::AlignVCenter |
                        (column == number || column == duration || column >= firstMetric
                             ? Qt::AlignRight
                             : Qt::AlignLeft));
    default:
        return {};
    }
}

QString RunsModel::text(const RunSummary& run, int column) const
{
    switch (column) {
    case number:
        return QString::number(run.number);
    case experiment:
        return experimentWords(run.experiment);
    case subject:
        return QString::fromStdString(run.subject);
    case state:
        return "● " + QString::fromUtf8(runStateName(run.state).data());
    case started:
        return startedWords(run.started);
    case duration:
        return QString::fromStdString(durationText(run.seconds));
    case tags:
        return tagWords(run.tags);
    default:
        return metric(run, column).isNull()
                   ? "–"
                   : QString::fromStdString(significant(metric(run, column).toDouble()));
    }
}

QVariant RunsModel::metric(const RunSummary& run, int column) const
{
    const std::string& name = query_.metrics[static_cast<std::size_t>(column - firstMetric)];
    const auto found = std::ranges::find(run.metrics, name, &std::pair<std::string, double>::first);
    return found == run.metrics.end() ? QVariant() : QVariant(found->second);
}

QVariant RunsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation == Qt::Vertical)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant(Qt::AlignVCenter |
                        (section == number || section == duration || section >= firstMetric
                             ? Qt::AlignRight
                             : Qt::AlignLeft));
    if (role != Qt::DisplayRole)
        return {};
    static const QStringList words = {"#",       "Experiment", "Subject", "State",
                                      "Started", "Duration",   "Tags"};
    if (section < firstMetric)
        return words[section];
    return QString::fromStdString(query_.metrics[static_cast<std::size_t>(section - firstMetric)])
        .replace('_', ' ');
}

void RunsModel::sort(int column, Qt::SortOrder order)
{
    static const char* const keys[] = {"number",  "experiment", nullptr, "state",
                                       "started", "seconds",    nullptr};
    if (column >= firstMetric)
        query_.sortBy = "metric:" + query_.metrics[static_cast<std::size_t>(column - firstMetric)];
    else if (column >= 0 && keys[column] != nullptr)
        query_.sortBy = keys[column];
    else
        return;
    query_.descending = order == Qt::DescendingOrder;
    reload();
}

bool RunsModel::canFetchMore(const QModelIndex& parent) const
{
    return !parent.isValid() && static_cast<std::int64_t>(runs_.size()) < total_;
}

void RunsModel::fetchMore(const QModelIndex&)
{
    auto more = page(static_cast<std::int64_t>(runs_.size()), kPage);
    if (more.empty()) {
        total_ = static_cast<std::int64_t>(runs_.size());
        return;
    }
    const int first = static_cast<int>(runs_.size());
    beginInsertRows({}, first, first + static_cast<int>(more.size()) - 1);
    std::ranges::move(more, std::back_inserter(runs_));
    endInsertRows();
}

std::vector<RunSummary> RunsModel::page(std::int64_t offset, std::int64_t limit)
{
    if (store_ == nullptr)
        return {};
    RunQuery query = query_;
    query.offset = offset;
    query.limit = limit;
    auto found = store_->find(query);
    if (!found)
        error_ = QString::fromStdString(found.error().message);
    return found ? *std::move(found) : std::vector<RunSummary>();
}

} // namespace vitrine
