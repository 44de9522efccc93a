#pragma once

#include "core/jobs/experiment/experiment.h"

#include <QFrame>

#include <map>
#include <string>
#include <vector>

class QComboBox;
class QLabel;
class QPushButton;

namespace vitrine
{

class ParamForm;

// The right side: which experiment, its form, and the button that runs it.
class ParameterPanel : public QFrame
{
    Q_OBJECT
public:
    using Values = std::map<std::string, std::string>;

    ParameterPanel(const std::vector<std::unique_ptr<Experiment>>& experiments, QWidget* parent);

    QString experiment() const;
    void setExperiment(const QString& id); // emits nothing
    ParamForm& form() { return *form_; }

public slots:
    void run(); // checks the form first

signals:
    void experimentChosen(const QString& id);
    void edited(const QString& param);
    void runRequested();

private:
    const std::vector<std::unique_ptr<Experiment>>& experiments_;
    QComboBox* chooser_;
    QLabel* sentence_;
    ParamForm* form_;
    QPushButton* run_;
};

} // namespace vitrine
