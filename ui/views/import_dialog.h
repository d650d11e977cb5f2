// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <vector>

#include <QDialog>

#include "ui/controllers/import_controller.h"
#include "ui/models/preview_model.h"

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QProgressBar;
class QPushButton;
class QSpinBox;
class QTableView;
class QVBoxLayout;

namespace anamorph {

/// From a file to a data set: its format, recognised and changeable; the role of each column above
/// a live preview; duplicates, units, projection. Errors are sentences in the dialog.
class ImportDialog : public QDialog {
    Q_OBJECT
public:
    explicit ImportDialog(const QString& path, QWidget* parent = nullptr);

    /// Set when the dialog was accepted.
    [[nodiscard]] std::shared_ptr<const SpatialDataset> dataset() const { return dataset_; }
    [[nodiscard]] const DataFactsPointer& facts() const { return data_facts_; }
    [[nodiscard]] QComboBox* roleBox(int column) const { return role_boxes_.at(static_cast<std::size_t>(column)); }
    [[nodiscard]] QString errorText() const;
    [[nodiscard]] QPushButton* importButton() const { return import_; }

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void add_format_row(QVBoxLayout* column);
    void add_meaning_row(QVBoxLayout* column);
    void show_preview(const TablePreview& preview);
    void show_format(const TableFormat& format);
    void show_roles(const ImportOptions& guess);
    void place_role_boxes();
    void format_changed();
    void take_value_columns();
    void start_import();
    void show_error(const QString& sentence);
    [[nodiscard]] ImportOptions options() const;

    QString path_;
    ImportController controller_;
    std::shared_ptr<const Table> table_;
    TableFormat format_;
    std::shared_ptr<const SpatialDataset> dataset_;
    DataFactsPointer data_facts_;
    QComboBox* delimiter_;
    QComboBox* decimal_;
    QCheckBox* header_;
    QSpinBox* skip_;
    QComboBox* encoding_;
    QLineEdit* missing_;
    PreviewModel* preview_;
    QTableView* view_;
    QWidget* role_strip_;
    std::vector<QComboBox*> role_boxes_;
    QComboBox* duplicates_;
    QCheckBox* degrees_;
    QComboBox* degrees_as_;
    QLineEdit* time_unit_;
    QLineEdit* coordinate_unit_;
    QLineEdit* value_unit_;
    QLineEdit* system_;
    QLineEdit* name_;
    QLabel* facts_;
    QLineEdit* value_columns_;
    QLabel* error_;
    QProgressBar* progress_;
    QPushButton* import_;
    bool showing_ = false;
};

}  // namespace anamorph
