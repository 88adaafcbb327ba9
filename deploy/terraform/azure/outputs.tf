output "private_ip" {
  description = "Where NGINX, or the balancer, finds the node."
  value       = azurerm_network_interface.node.private_ip_address
}

output "backup_account" {
  description = "For AFTER of the backup unit: az storage blob upload-batch."
  value       = azurerm_storage_account.backup.name
}
