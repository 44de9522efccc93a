#pragma once

#include "plugins/calibration/view/scene.h"

#include <QAbstractTableModel>
#include <QTableView>

#include <optional>
#include <vector>

namespace vitrine::calibration_plugin
{

// The likeliest next tokens after the text: probability before and after as bars and numbers; with
// several runs one column of after per run.
class NextModel : public QAbstractTableModel
{
    Q_OBJECT
public:
    using QAbstractTableModel::QAbstractTableModel;
    enum Role { beforeRole = Qt::UserRole, afterRole };

    void setScene(const Scene& scene);
    double largest() const { return largest_; }
    bool hasBars() const { return runs_ == 1; }

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override; // bars, token, before, after...
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    struct Row {
        QString token;
        double before = 0;
        std::vector<double> after;
    };
    std::vector<Row> rows_;
    std::vector<std::optional<int>> decimals_; // of each column
    std::vector<QString> names_;
    std::size_t runs_ = 1;
    double largest_ = 1;
};

class NextTable : public QTableView
{
    Q_OBJECT
public:
    explicit NextTable(QWidget* parent);
    void setScene(const Scene& scene);

private:
    NextModel* model_;
};

} // namespace vitrine::calibration_plugin
