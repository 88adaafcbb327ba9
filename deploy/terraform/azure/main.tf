# One member of one operator on Azure: the same machine as in ../aws, from the same cloud-init.

terraform {
  required_version = ">= 1.5"
  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      version = "~> 4.9"
    }
  }
}

resource "azurerm_network_security_group" "node" {
  name                = var.name
  location            = var.location
  resource_group_name = var.resource_group_name

  security_rule {
    name                       = "api"
    description                = "API and event stream"
    priority                   = 100
    direction                  = "Inbound"
    access                     = "Allow"
    protocol                   = "Tcp"
    source_port_range          = "*"
    source_address_prefixes    = var.client_cidrs
    destination_port_ranges    = ["9984", "9985"]
    destination_address_prefix = "*"
  }

  dynamic "security_rule" {
    for_each = length(var.monitoring_cidrs) == 0 ? [] : [var.monitoring_cidrs]
    content {
      name                       = "management"
      description                = "Metrics and health"
      priority                   = 110
      direction                  = "Inbound"
      access                     = "Allow"
      protocol                   = "Tcp"
      source_port_range          = "*"
      source_address_prefixes    = security_rule.value
      destination_port_range     = "9986"
      destination_address_prefix = "*"
    }
  }

  # Azure lets the whole virtual network in by default.
  security_rule {
    name                       = "nothing-else"
    priority                   = 4096
    direction                  = "Inbound"
    access                     = "Deny"
    protocol                   = "*"
    source_port_range          = "*"
    source_address_prefix      = "*"
    destination_port_range     = "*"
    destination_address_prefix = "*"
  }
}

resource "azurerm_network_interface" "node" {
  name                = var.name
  location            = var.location
  resource_group_name = var.resource_group_name

  ip_configuration {
    name                          = "node"
    subnet_id                     = var.subnet_id
    private_ip_address_allocation = "Dynamic"
  }
}

resource "azurerm_network_interface_security_group_association" "node" {
  network_interface_id      = azurerm_network_interface.node.id
  network_security_group_id = azurerm_network_security_group.node.id
}

# Keys and ledger. It is never destroyed with the machine.
resource "azurerm_managed_disk" "data" {
  name                 = "${var.name}-data"
  location             = var.location
  resource_group_name  = var.resource_group_name
  storage_account_type = "Premium_LRS"
  create_option        = "Empty"
  disk_size_gb         = var.data_gib

  lifecycle {
    prevent_destroy = true
  }
}

resource "azurerm_virtual_machine_data_disk_attachment" "data" {
  managed_disk_id    = azurerm_managed_disk.data.id
  virtual_machine_id = azurerm_linux_virtual_machine.node.id
  lun                = 0
  caching            = "None"
}

resource "azurerm_linux_virtual_machine" "node" {
  name                  = var.name
  location              = var.location
  resource_group_name   = var.resource_group_name
  size                  = var.vm_size
  admin_username        = "administrator-ssh"
  network_interface_ids = [azurerm_network_interface.node.id]
  custom_data = base64gzip(templatefile("${path.module}/../../cloud-init/node.yaml", {
    release_url     = var.release_url
    release_sha256  = var.release_sha256
    settings_base64 = base64encode(join("\n", [for name, value in var.settings : "${name}=${value}"]))
    data_device     = "/dev/disk/azure/scsi1/lun0"
  }))

  admin_ssh_key {
    username   = "administrator-ssh"
    public_key = var.administrator_public_key
  }

  os_disk {
    caching              = "ReadWrite"
    storage_account_type = "Premium_LRS"
  }

  source_image_reference {
    publisher = "Debian"
    offer     = "debian-13"
    sku       = "13-gen2"
    version   = "latest"
  }

  identity {
    type = "SystemAssigned"
  }
}

resource "azurerm_storage_account" "backup" {
  name                            = substr("${replace(var.name, "-", "")}${sha1(var.subnet_id)}", 0, 24)
  location                        = var.location
  resource_group_name             = var.resource_group_name
  account_tier                    = "Standard"
  account_replication_type        = "GRS"
  allow_nested_items_to_be_public = false

  blob_properties {
    versioning_enabled = true
  }

  lifecycle {
    prevent_destroy = true
  }
}

resource "azurerm_storage_container" "backup" {
  name               = "backup"
  storage_account_id = azurerm_storage_account.backup.id
}

resource "azurerm_role_assignment" "backup" {
  scope                = azurerm_storage_container.backup.id
  role_definition_name = "Storage Blob Data Contributor"
  principal_id         = azurerm_linux_virtual_machine.node.identity[0].principal_id
}
