#include "widgets/runs/find/runs_model.h"

#include <QMimeData>

#include "core/base/format.h"
#include "core/base/number_text.h"
#include "widgets/table/run_text.h"
#include "widgets/theme/shown_text.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <span>

namespace vitrine
{
namespace
{

constexpr int kPage = 100;
constexpr std::size_t kKeptRows = 5000;
constexpr int kLongestCell = 200;

bool isRight(int column)
{
    return column == RunsModel::number || column == RunsModel::duration ||
           column >= RunsModel::firstMetric;
}

QString tagWords(const std::vector<std::string>& tags)
{
    QStringList words;
    for (const std::string& tag : tags)
        words << QString::fromStdString(tag);
    return words.join(", ");
}

} // namespace

QStringList draggedRuns(const QMimeData& data)
{
    return QString::fromUtf8(data.data(kRunsMime)).split('\n', Qt::SkipEmptyParts);
}

void RunsModel::setStore(const Store* store)
{
    store_ = store;
    setFound(std::make_shared<FoundRuns>());
}

void RunsModel::setFound(std::shared_ptr<const FoundRuns> found)
{
    const bool sameCells = found->shown == found_->shown &&
                           found->query.metrics == found_->query.metrics &&
                           found->query.params == found_->query.params;
    if (!sameCells)
        beginResetModel();
    found_ = std::move(found);
    rows_.clear();
    decimals_.clear();
    for (std::size_t i = 0; i < found_->first.size(); ++i)
        rows_[static_cast<int>(i)] = found_->first[i];
    if (!sameCells)
        endResetModel();
    else if (rowCount() > 0)
        emit dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
}

const RunSummary& RunsModel::run(int row) const
{
    if (!rows_.contains(row))
        readPage(row);
    return rows_[row];
}

void RunsModel::readPage(int row) const
{
    if (rows_.size() > kKeptRows)
        rows_.clear();
    const int first = row / kPage * kPage;
    const int last = std::min(first + kPage, rowCount());
    const auto numbers =
        std::span(found_->shown)
            .subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(last - first));
    auto read = store_ != nullptr ? store_->summaries(numbers, found_->query)
                                  : Result<std::vector<RunSummary>>();
    for (int i = first; i < last; ++i)
        rows_[i].number = numberAt(i); // a run removed meanwhile has its number only
    std::size_t place = 0;
    for (int i = first; read && i < last && place < read->size(); ++i)
        if ((*read)[place].number == numberAt(i))
            rows_[i] = std::move((*read)[place++]);
}

int RunsModel::rowOf(std::int64_t wanted) const
{
    const auto found = std::ranges::find(found_->shown, wanted);
    return found == found_->shown.end() ? -1 : static_cast<int>(found - found_->shown.begin());
}

bool RunsModel::isParam(int column) const
{
    return column - firstMetric >= static_cast<int>(found_->query.metrics.size());
}

const std::string& RunsModel::columnName(int column) const
{
    const auto place = static_cast<std::size_t>(column - firstMetric);
    const auto& query = found_->query;
    return isParam(column) ? query.params[place - query.metrics.size()] : query.metrics[place];
}

QString RunsModel::sortKey(int column) const
{
    static const char* const keys[] = {"number",  "experiment", "", "state",
                                       "started", "seconds",    ""};
    if (column < 0 || column >= columnCount())
        return {};
    if (column < firstMetric)
        return keys[column];
    return (isParam(column) ? "param:" : "metric:") + QString::fromStdString(columnName(column));
}

int RunsModel::columnOf(const QString& key) const
{
    for (int column = 0; column < columnCount(); ++column)
        if (!key.isEmpty() && sortKey(column) == key)
            return column;
    return -1;
}

int RunsModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(found_->shown.size());
}

int RunsModel::columnCount(const QModelIndex& parent) const
{
    const auto& query = found_->query;
    return parent.isValid()
               ? 0
               : firstMetric + static_cast<int>(query.metrics.size() + query.params.size());
}

Qt::ItemFlags RunsModel::flags(const QModelIndex& index) const
{
    return QAbstractTableModel::flags(index) | Qt::ItemIsDragEnabled;
}

QStringList RunsModel::mimeTypes() const
{
    return {kRunsMime};
}

QMimeData* RunsModel::mimeData(const QModelIndexList& indexes) const
{
    QStringList uids;
    for (const QModelIndex& index : indexes)
        if (const auto uid = QString::fromStdString(run(index.row()).uid); !uids.contains(uid))
            uids << uid;
    auto* data = new QMimeData; // the drag owns it
    data->setData(kRunsMime, uids.join('\n').toUtf8());
    return data;
}

QVariant RunsModel::data(const QModelIndex& index, int role) const
{
    const RunSummary& shown = run(index.row());
    const int column = index.column();
    switch (role) {
    case Qt::DisplayRole:
        return text(shown, column);
    case Qt::ForegroundRole:
        return column == state ? QVariant(stateColour(stateNow(shown))) : QVariant();
    case Qt::ToolTipRole:
        if (column == state && !shown.error.empty() && stateNow(shown) == shown.state)
            return shownText(shown.error);
        if (column >= firstMetric && !isParam(column))
            return metric(shown, column).isNull()
                       ? QVariant()
                       : QString::fromStdString(readOut(metric(shown, column).toDouble()));
        return text(shown, column);
    case Qt::TextAlignmentRole:
        return QVariant(Qt::AlignVCenter | (isRight(column) ? Qt::AlignRight : Qt::AlignLeft));
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
        return shownText(run.subject);
    case state:
        return "● " + QString::fromUtf8(runStateName(stateNow(run)).data());
    case started:
        return startedWords(run.started);
    case duration:
        return QString::fromStdString(durationText(run.seconds));
    case tags:
        return shownText(tagWords(run.tags));
    default:
        break;
    }
    const QVariant value = metric(run, column);
    if (value.isNull())
        return "–";
    if (isParam(column))
        return shownText(value.toString()).simplified().left(kLongestCell);
    const double number = value.toDouble();
    const auto decimals = decimalsOf(column);
    const bool isOdd = decimals == 0 && number != std::floor(number); // among whole ones
    return QString::fromStdString(isOdd ? significant(number) : columnText(number, decimals));
}

// Those of the runs on the first page: what is shown does not change while one scrolls.
std::optional<int> RunsModel::decimalsOf(int column) const
{
    if (decimals_.empty()) {
        const auto& names = found_->query.metrics;
        std::vector<std::vector<double>> columns(names.size());
        for (const RunSummary& each : found_->first)
            for (const auto& [name, value] : each.metrics)
                if (const auto at = std::ranges::find(names, name); at != names.end())
                    columns[static_cast<std::size_t>(at - names.begin())].push_back(value);
        for (const auto& values : columns)
            decimals_.push_back(commonDecimals(values));
    }
    return decimals_[static_cast<std::size_t>(column - firstMetric)];
}

RunState RunsModel::stateNow(const RunSummary& run) const
{
    return underWay_.contains(QString::fromStdString(run.uid)) ? RunState::running : run.state;
}

void RunsModel::setUnderWay(const QSet<QString>& uids)
{
    if (uids == underWay_)
        return;
    underWay_ = uids;
    if (rowCount() > 0)
        emit dataChanged(index(0, state), index(rowCount() - 1, state));
}

QVariant RunsModel::metric(const RunSummary& run, int column) const
{
    const std::string& name = columnName(column);
    if (isParam(column)) {
        const auto found =
            std::ranges::find(run.params, name, &std::pair<std::string, std::string>::first);
        return found == run.params.end() ? QVariant()
                                         : QVariant(QString::fromStdString(found->second));
    }
    const auto found = std::ranges::find(run.metrics, name, &std::pair<std::string, double>::first);
    return found == run.metrics.end() ? QVariant() : QVariant(found->second);
}

QVariant RunsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation == Qt::Vertical)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant(Qt::AlignVCenter | (isRight(section) ? Qt::AlignRight : Qt::AlignLeft));
    if (role != Qt::DisplayRole)
        return {};
    static const QStringList words = {"#",       "Experiment", "Subject", "State",
                                      "Started", "Duration",   "Tags"};
    if (section < firstMetric)
        return words[section];
    const QString name = shownText(columnName(section));
    return isParam(section) ? name : QString(name).replace('_', ' ');
}

void RunsModel::sort(int column, Qt::SortOrder order)
{
    if (const QString key = sortKey(column); !key.isEmpty())
        emit sortWished(key, order == Qt::DescendingOrder);
}

} // namespace vitrine
